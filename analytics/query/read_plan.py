"""Which rollup cells and which raw rows a range is read from, so that each row counts once.

Complete hours and days are read from their cells, the remainder from minute cells, and what no cell
contains yet (dirty minutes, the cut ends of the range) from raw rows. So results are exact and
fresh, at a cost that does not depend on the traffic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from analytics.ranges.timerange import TimeRange
from models.metrics.intervals import Interval, merged

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
MOST_RAW_INTERVALS = 40  # more are merged across the gaps between them


class CellLength(IntEnum):
    """The longest cell that a plan may use, in seconds; `RAW`: none."""

    RAW = 0
    MINUTE = 60
    HOUR = 3600
    DAY = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is rolled up. Hours before `complete_until` have cells, minutes since `minutes_from`.

    Raw rows exist since `rows_from`; `None`: nothing was dropped yet. `dirty_minutes` are the
    minutes from `complete_until` on with rows that no cell contains, ascending.
    """

    complete_until: datetime | None = None
    minutes_from: datetime | None = None
    rows_from: datetime | None = None
    dirty_minutes: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """Half-open intervals by the table they are read from; disjoint, together the full range."""

    raw: list[Interval] = field(default_factory=list)
    minutes: list[Interval] = field(default_factory=list)
    hours: list[Interval] = field(default_factory=list)
    days: list[Interval] = field(default_factory=list)


def has_older_history(first_hour: datetime | None, first_minute: datetime | None) -> bool:
    """Whether there are hours from before the retention of minutes and rows."""
    return (
        first_hour is not None
        and first_minute is not None
        and first_hour < floor_to(first_minute, HOUR)
    )


def minutes_from(
    first_minute: datetime | None, first_hour: datetime | None, window: TimeRange
) -> datetime | None:
    """Since when `window` can be read by minutes: from its start when no history is older than the
    first minute, as there is nothing before it."""
    if first_minute is None or has_older_history(first_hour, first_minute):
        return first_minute
    return min(first_minute, window.start)


def plan_for(window: TimeRange, longest_cell: CellLength, coverage: Coverage) -> ReadPlan:
    """How to read `window` from cells no longer than `longest_cell`."""
    aligned = (ceil_to(window.start, MINUTE), floor_to(window.end, MINUTE))
    if (
        longest_cell is CellLength.RAW
        or coverage.complete_until is None
        or aligned[0] >= aligned[1]
    ):
        return ReadPlan(raw=[(window.start, window.end)])
    days: list[Interval] = []
    hours: list[Interval] = []
    remaining = [aligned]
    if longest_cell >= CellLength.DAY:
        remaining, days = _split_units(remaining, DAY, coverage.complete_until)
    if longest_cell >= CellLength.HOUR:
        remaining, hours = _split_units(remaining, HOUR, coverage.complete_until)
    minutes, raw = _split_minutes(remaining, coverage)
    raw = _subtract(_merge_close(raw + _cut_ends(window, aligned)), hours + days)
    return ReadPlan(raw=raw, minutes=_subtract(minutes, raw), hours=hours, days=days)


def session_plan_for(
    plan: ReadPlan, counted_hours: Iterable[datetime], *, by_minute: bool, up_to_date: bool
) -> ReadPlan:
    """How to read the sessions started in the range of `plan`: `counted_hours` from their session
    cells (`by_minute`: with their counts per minute), what no longer cell covers from the rows.

    `up_to_date`: no late change may be missing, so all hours but `counted_hours` are read from
    the rows.
    """
    rows = merged([*plan.raw, *plan.minutes, *(plan.hours if up_to_date else ())])
    session_cells = merged(
        (hour, hour + HOUR)
        for hour in counted_hours
        if any(start <= hour and hour + HOUR <= end for start, end in rows)
    )
    hours = [] if up_to_date else list(plan.hours)
    return ReadPlan(
        raw=_subtract(rows, session_cells),
        minutes=session_cells if by_minute else [],
        hours=hours if by_minute else merged([*hours, *session_cells]),
        days=plan.days,
    )


def cube_plan_for(window: TimeRange, cube_until: datetime | None) -> ReadPlan:
    """How to read `window` from days of the cube before `cube_until` and raw rows."""
    start, end = (
        ceil_to(window.start, DAY),
        min(floor_to(window.end, DAY), cube_until or window.start),
    )
    days = [(start, end)] if start < end else []
    return ReadPlan(raw=_subtract([(window.start, window.end)], days), days=days)


def floor_to(moment: datetime, unit: timedelta) -> datetime:
    """The start of the unit that contains `moment`."""
    return EPOCH + (moment - EPOCH) // unit * unit


def ceil_to(moment: datetime, unit: timedelta) -> datetime:
    """The first start of a unit at or after `moment`."""
    return EPOCH - (EPOCH - moment) // unit * unit


def _split_units(
    intervals: list[Interval], unit: timedelta, complete_until: datetime
) -> tuple[list[Interval], list[Interval]]:
    """The remainder of `intervals`, and their full units before `complete_until`."""
    aligned = []
    for start, end in intervals:
        first, last = ceil_to(start, unit), min(floor_to(end, unit), floor_to(complete_until, unit))
        if first < last:
            aligned.append((first, last))
    return _subtract(intervals, aligned), aligned


def _split_minutes(
    intervals: list[Interval], coverage: Coverage
) -> tuple[list[Interval], list[Interval]]:
    """`intervals` as minute cells and as raw rows; dirty minutes are in both."""
    since = coverage.minutes_from
    minutes = [(max(start, since), end) for start, end in intervals if since and end > since]
    raw = _subtract(intervals, minutes)
    for minute in coverage.dirty_minutes:
        raw += [(minute, minute + MINUTE) for start, end in minutes if start <= minute < end]
    return minutes, raw


def _cut_ends(window: TimeRange, aligned: Interval) -> list[Interval]:
    ends = [(window.start, aligned[0]), (aligned[1], window.end)]
    return [(start, end) for start, end in ends if start < end]


def _subtract(intervals: Sequence[Interval], removed: Sequence[Interval]) -> list[Interval]:
    """`intervals` without `removed`."""
    left = list(intervals)
    for first, last in removed:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, first)), (max(start, last), end))
            if piece[0] < piece[1]
        ]
    return left


def _merge_close(intervals: Sequence[Interval]) -> list[Interval]:
    """Sorted, adjacent ones merged; above `MOST_RAW_INTERVALS` the closest ones too."""
    gap = timedelta(0)
    intervals = merged(intervals)
    while len(intervals) > MOST_RAW_INTERVALS:
        gap = max(gap * 2, MINUTE)
        intervals = merged(intervals, gap)
    return intervals
