"""The plan of a query: what is read from which rows and cells; pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from analytics.query import not_counted
from analytics.query.not_counted import NotCounted
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import (
    EPOCH,
    HOUR,
    Coverage,
    ReadPlan,
    cut_units,
    day_plan,
    plan_for,
    session_plan_for,
    state_plan_for,
)
from analytics.query.resolution import Cells, Resolution, as_cube, resolve
from analytics.ranges.timerange import TimeRange
from models.metrics.client_columns import COUNTS, JUDGED_EXTRA
from models.metrics.dimensions import REGION
from models.metrics.grid import Grid

# What follows from the counts of the daily cube; sessions are counted from their rows.
IN_CUBE = frozenset(
    (*COUNTS, *JUDGED_EXTRA, "tries", "reports", "elapsed_ms", *not_counted.SESSION_FIGURES)
)
DISTINCT_COUNT_UP_TO = timedelta(hours=24)  # distinct sessions; longer: those started


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`pieces` are read per step, `total_pieces` over the whole range, from longer cells;
    `session_pieces` are where sessions that started are counted. `counts_distinct`: all sessions of
    the range count once, else those that started in it. `sources` are the apps and services with
    server samples in the range, whatever the filters."""

    query: Query
    coverage: Coverage
    resolution: Resolution
    pieces: ReadPlan
    total_pieces: ReadPlan
    session_pieces: ReadPlan
    counts_distinct: bool
    not_counted: Mapping[str, NotCounted] = field(default_factory=dict)
    sources: Sequence[tuple[str, str]] = ()

    @property
    def window(self) -> TimeRange:
        """The range read."""
        return self.resolution.window

    @property
    def total_resolution(self) -> Resolution:
        """The same with the whole range as one step."""
        return replace(self.resolution, grid=Grid((self.window.start, self.window.end)))

    @property
    def grid(self) -> Grid:
        """The steps of the answer."""
        return self.resolution.grid

    @property
    def zone(self) -> str:
        """The zone whose days the steps divide."""
        return self.resolution.zone

    @property
    def state_pieces(self) -> ReadPlan:
        """Where the states of sessions are counted."""
        by_dimension, is_split = self.coverage.by_dimension_from, bool(self.query.dimensions)
        since = by_dimension if is_split else EPOCH
        if len(self.query.dimensions) > 1:
            since = None
        return state_plan_for(self.pieces, self.coverage, since)

    def reason_for(self, names: Collection[str]) -> NotCounted | None:
        """Why one of these sums or kinds of durations was not counted."""
        missing = dict(self.not_counted)
        if self.resolution.cells == "cube":
            reason = missing["latency"]
            missing |= {name: reason for name in names if name and name not in IN_CUBE}
        return next((missing[name] for name in names if name in missing), None)

    @property
    def data_as_of(self) -> datetime:
        """The time up to which all data is included."""
        return self.coverage.data_as_of(self.window)


def plan_of(query: Query, coverage: Coverage, cells: Cells | None = None) -> Plan:
    """How `query` is answered; a pair of dimensions from the daily cube where `cells` says so."""
    resolution = resolve(query, coverage)
    if cells == "cube" and resolution.cells == "pair":
        has_cube = REGION not in query.dimensions
        resolution = (
            as_cube(resolution, not_counted.BEYOND_TOP)
            if has_cube
            else replace(resolution, cells="by_value")
        )
    return _plan(query, coverage, resolution)


def _plan(query: Query, coverage: Coverage, resolution: Resolution) -> Plan:
    window, grid = resolution.window, resolution.grid
    pieces = _pieces(query, coverage, resolution, grid)
    has_rows = coverage.rows_from is None or window.start >= coverage.rows_from
    counts_distinct = has_rows and window.length <= DISTINCT_COUNT_UP_TO and query.grid is None
    missing = dict(resolution.not_counted)
    if query.source is SeriesSource.CLIENT and len(query.dimensions) > 1 and not has_rows:
        missing |= dict.fromkeys(not_counted.SESSION_FIGURES, not_counted.SESSIONS_DROPPED)
    if REGION in query.dimensions:
        missing |= dict.fromkeys(not_counted.SESSION_FIGURES, not_counted.SESSIONS_BY_REGION)
    if REGION in query.dimensions or resolution.cells != "by_value":
        missing |= dict.fromkeys(not_counted.STATE_FIGURES, not_counted.STATES_BY_SEVERAL)
    return Plan(
        query=query,
        coverage=coverage,
        resolution=resolution,
        pieces=pieces,
        total_pieces=_pieces(query, coverage, resolution, Grid((window.start, window.end))),
        session_pieces=_session_pieces(query, coverage, resolution, pieces, counts_distinct),
        counts_distinct=counts_distinct,
        not_counted=missing,
    )


def _pieces(query: Query, coverage: Coverage, resolution: Resolution, grid: Grid) -> ReadPlan:
    window, is_client = resolution.window, query.source is SeriesSource.CLIENT
    if resolution.cells == "pair":
        return day_plan(window, grid, coverage.pairs, coverage.pairs_stale)
    if resolution.cells == "cube":
        until = coverage.cube_until
        return day_plan(window, grid, (window.start, until) if until else None)
    if is_client and len(query.dimensions) > 1:
        return ReadPlan(raw=[(window.start, window.end)])
    is_split = is_client and bool(query.dimensions)
    since = coverage.by_dimension_from if is_split else coverage.minutes_from
    return plan_for(window, grid, coverage, since)


def _session_pieces(
    query: Query, coverage: Coverage, resolution: Resolution, pieces: ReadPlan, distinct: bool
) -> ReadPlan:
    by_minute = not query.dimensions
    cut = () if by_minute else cut_units(resolution.grid, HOUR)
    hours = [
        hour
        for hour in (coverage.counted_hours if len(query.dimensions) <= 1 else ())
        if not any(start <= hour < end for start, end in cut)
    ]
    return session_plan_for(pieces, hours, by_minute=by_minute, up_to_date=distinct)
