"""The plan of a query: what is read from which rows and cells; pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from analytics.query import not_counted
from analytics.query.formula import Formula
from analytics.query.not_counted import NotCounted
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import (
    EPOCH,
    HOUR,
    Coverage,
    cut_units,
    day_plan,
    plan_for,
    session_plan_for,
    state_plan_for,
)
from analytics.query.resolution import Resolution, beyond_top, resolve
from analytics.ranges.timerange import TimeRange
from models.metrics.client_columns import CUBE_COUNTS
from models.metrics.dimensions import PAIRS, REGION
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan

# What follows from the counts of the daily cube; sessions are counted from their rows.
IN_CUBE = frozenset((*CUBE_COUNTS, "reports", "elapsed_ms", *not_counted.SESSION_FIGURES))
DISTINCT_COUNT_UP_TO = timedelta(hours=24)  # distinct sessions; longer: those started


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`sources` are the services and apps with server samples in the range, whatever the filters,
    sorted; `tells_sessions`: the answer tells the largest sessions; `is_beyond_top`: cells by pairs
    lack its values."""

    query: Query
    coverage: Coverage
    resolution: Resolution
    sources: Sequence[tuple[str, str]] = ()
    tells_sessions: bool = False
    is_beyond_top: bool = False

    def over_range(self, *metrics: Formula) -> "Plan":
        """The same with the whole range as one step, so from longer cells; for `metrics` alone
        where given."""
        return replace(
            self,
            query=replace(self.query, metrics=metrics or self.query.metrics),
            resolution=replace(self.resolution, grid=Grid((self.window.start, self.window.end))),
        )

    @property
    def window(self) -> TimeRange:
        """The range read."""
        return self.resolution.window

    @property
    def grid(self) -> Grid:
        """The steps of the answer."""
        return self.resolution.grid

    @property
    def zone(self) -> str:
        """The zone whose days the steps divide."""
        return self.resolution.zone

    @property
    def of_rows(self) -> ReadPlan:
        """The whole range from raw rows."""
        return ReadPlan(raw=[(self.window.start, self.window.end)])

    @cached_property
    def pieces(self) -> ReadPlan:
        """What is read from which rows and cells."""
        query, coverage, window = self.query, self.coverage, self.window
        if self._reads_rows:
            return self.of_rows
        if self.resolution.cells == "none":
            return ReadPlan()
        if self.resolution.cells == "pair":
            return day_plan(window, self.grid, coverage.pairs, coverage.pairs_stale)
        if self.resolution.cells == "cube":
            until = coverage.cube_until
            return day_plan(window, self.grid, (window.start, until) if until else None)
        is_client = query.source is SeriesSource.CLIENT
        if is_client and len(query.dimensions) > 1:
            return self.of_rows
        is_split = is_client and bool(query.dimensions)
        since = coverage.by_dimension_from if is_split else coverage.minutes_from(window)
        return plan_for(window, self.grid, coverage, since)

    @property
    def session_pieces(self) -> ReadPlan:
        """Where sessions that started are counted."""
        if len(self.query.dimensions) > 1 or self._reads_rows:
            return self.of_rows
        by_minute = not self.query.dimensions
        cut = () if by_minute else cut_units(self.grid, HOUR)
        hours = [
            hour
            for hour in self.coverage.counted_hours
            if not any(start <= hour < end for start, end in cut)
        ]
        return session_plan_for(
            self.pieces, hours, by_minute=by_minute, up_to_date=self.counts_distinct
        )

    @property
    def state_pieces(self) -> ReadPlan:
        """Where the states of sessions are counted."""
        by_dimension, is_split = self.coverage.by_dimension_from, bool(self.query.dimensions)
        since = by_dimension if is_split else EPOCH
        if len(self.query.dimensions) > 1 or self._reads_rows:
            since = None
        return state_plan_for(self.pieces, self.coverage, since)

    @property
    def counts_distinct(self) -> bool:
        """Whether all sessions of the range count once, else those that started in it."""
        is_short = self.window.length <= DISTINCT_COUNT_UP_TO
        return self.has_rows and is_short and self.query.grid is None

    @property
    def not_counted(self) -> Mapping[str, NotCounted]:
        """What the store does not keep, by figure."""
        missing, dimensions = dict(self.resolution.not_counted), self.query.dimensions
        is_client = self.query.source is SeriesSource.CLIENT
        if is_client and len(dimensions) > 1 and not self.has_rows:
            missing |= dict.fromkeys(not_counted.SESSION_FIGURES, not_counted.SESSIONS_DROPPED)
        if self.coverage.has_hidden and not self.has_rows:
            missing |= dict.fromkeys(not_counted.ALL_FIGURES, not_counted.BEYOND_LIMIT)
        if REGION in dimensions:
            missing |= dict.fromkeys(not_counted.SESSION_FIGURES, not_counted.SESSIONS_BY_REGION)
        if REGION in dimensions or self.resolution.cells != "by_value":
            missing |= dict.fromkeys(not_counted.STATE_FIGURES, not_counted.STATES_BY_SEVERAL)
        return missing

    def reason_for(self, names: Collection[str]) -> NotCounted | None:
        """Why one of these sums or kinds of durations was not counted."""
        missing = dict(self.not_counted)
        if self.resolution.cells == "cube":
            reason = missing["latency"]
            missing |= {name: reason for name in names if name and name not in IN_CUBE}
        return next((missing[name] for name in names if name in missing), None)

    @property
    def is_pair(self) -> bool:
        """Whether its dimensions are a pair with cells."""
        return self.query.dimensions in PAIRS

    @property
    def data_as_of(self) -> datetime:
        """The time up to which all data is included."""
        return self.coverage.data_as_of(self.window)

    @property
    def _reads_rows(self) -> bool:
        """Whether no cells tell what is asked: crawlers are in none, and a value beyond the limits
        is among the others."""
        return self.query.is_automated or (self.coverage.has_hidden and self.has_rows)

    @property
    def has_rows(self) -> bool:
        """Whether all raw rows of the range are there."""
        since = self.coverage.rows_from
        return since is None or self.window.start >= since


def plan_of(query: Query, coverage: Coverage, *, is_beyond_top: bool = False) -> Plan:
    """How `query` is answered; `is_beyond_top`: cells by pairs of dimensions lack its values."""
    resolution = resolve(query, coverage)
    if is_beyond_top:
        resolution = beyond_top(query, resolution)
    return Plan(query=query, coverage=coverage, resolution=resolution, is_beyond_top=is_beyond_top)
