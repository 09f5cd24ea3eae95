"""Reads the segments of a dimension, or of a pair of dimensions, in a range: four statements."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.query.arrays import Arrays, Labels
from analytics.query.engine import Engine
from analytics.query.moments import SessionMoments
from analytics.query.not_counted import (
    REGIONS,
    SESSION_FIGURES,
    SESSIONS_BY_DAY,
    SESSIONS_BY_REGION,
    NotCounted,
)
from analytics.query.plan import Plan
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.query.resolution import FINE_FOR
from analytics.ranges.timerange import TimeRange
from analytics.reports.segments.additive import (
    FORMULAS,
    OF_SESSIONS,
    Additive,
    additive_of,
)
from models.metrics.dimensions import REGION

MOST_SEGMENTS = 300  # countries are limited to 260 values
PRESENT, STARTED, BY_DAY = "present", "started", "by day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The segments of [start, end) by `group_by`, in the order of `labels`. Sessions of a segment
    are those `present` in the range, those that `started` in it, or those of each day (`by day`).

    `not_counted` says why, by kind of durations, by sum, and for `intervals`; where it has
    `regions`, the country is one segment instead.
    """

    start: datetime
    end: datetime
    data_as_of: datetime
    group_by: tuple[str, ...]
    labels: list[Labels]
    additive: Additive
    sessions_are: str
    not_counted: Mapping[str, NotCounted]


def read(
    engine: Engine,
    window: TimeRange,
    filters: FilterValues,
    group_by: tuple[str, ...],
    reports: int | None = None,
) -> Segments:
    """`reports` are those of the range whatever the filters; without filters they need not be
    known. Raises `ValueError` for a region without its country."""
    query = Query(
        source=SeriesSource.CLIENT, metrics=FORMULAS, window=window, filters=filters,
        group_by=group_by, most=MOST_SEGMENTS,
    )  # fmt: skip
    if _counts_sessions(query):
        query = replace(query, metrics=(*FORMULAS, *OF_SESSIONS))
    plan = engine.plan(query).over_range()
    if REGIONS in plan.not_counted:
        country = read(engine, window, filters, (), reports)
        missing = {**country.not_counted, REGIONS: plan.not_counted[REGIONS]}
        return replace(country, not_counted=missing)
    arrays = engine.arrays(plan)
    total = reports_in(engine, window) if reports is None and filters else reports
    of_range = int(arrays.observed.sum()) if total is None else total
    moments = engine.session_moments(plan, arrays.labels, of_range)
    return Segments(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        group_by=group_by,
        labels=list(arrays.labels),
        additive=additive_of(arrays, moments),
        sessions_are=_sessions_are(plan, arrays, of_rows=moments.of_rows),
        not_counted=_missing(plan, arrays, moments),
    )


def reports_in(engine: Engine, window: TimeRange) -> int:
    """The reports of a range, whatever they are of."""
    query = Query(source=SeriesSource.CLIENT, metrics=(), window=window)
    plan = engine.plan(query).over_range()
    return int(engine.arrays(plan).observed.sum())


def _counts_sessions(query: Query) -> bool:
    """Sessions by several dimensions are counted from their rows: over short ranges alone."""
    is_short = query.window.length <= FINE_FOR
    return REGION not in query.dimensions and (len(query.dimensions) < 2 or is_short)


def _missing(plan: Plan, arrays: Arrays, moments: SessionMoments) -> dict[str, NotCounted]:
    missing = dict(plan.not_counted)
    if moments.reason is not None:
        missing["intervals"] = moments.reason
    own = missing.get("sessions", SESSIONS_BY_REGION)
    if "sessions" in arrays.sums or own is not SESSIONS_BY_REGION:
        return missing
    if moments.is_of_range:  # they count them, which the plan does not know
        return {name: each for name, each in missing.items() if name not in SESSION_FIGURES}
    return missing | dict.fromkeys(SESSION_FIGURES, moments.reason or SESSIONS_BY_DAY)


def _sessions_are(plan: Plan, arrays: Arrays, *, of_rows: bool) -> str:
    if "sessions" not in arrays.sums:
        return PRESENT if of_rows else BY_DAY
    return PRESENT if plan.counts_distinct else STARTED
