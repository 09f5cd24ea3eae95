"""From which cells, and from which raw rows, a range of time is read so that each row counts once.

Whole hours and days that are settled come from their cells, the rest from minutes, and what no
cell holds yet (the minutes changed since the last rollup, the cut ends of the range) from the rows
themselves. So an answer is exact and fresh, and costs the same whatever the traffic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from analytics.ranges.timerange import TimeRange
from models.database.intervals import Interval, joined

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
MOST_RAW_PIECES = 40  # more are joined over the gaps between them


class Level(IntEnum):
    """How long the longest cell is that may be used."""

    RAW = 0
    MINUTE = 60
    HOUR = 3600
    DAY = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is rolled up. All hours before `settled` have cells, minutes since `minutes_from`.

    The rows themselves are kept since `rows_from`; `None`: all there ever were. `changed` are the
    minutes from `settled` on with rows that no cell holds, in order.
    """

    settled: datetime | None = None
    minutes_from: datetime | None = None
    rows_from: datetime | None = None
    changed: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Half-open intervals by where they are read from; together they are the range."""

    raw: list[Interval] = field(default_factory=list)
    minutes: list[Interval] = field(default_factory=list)
    hours: list[Interval] = field(default_factory=list)
    days: list[Interval] = field(default_factory=list)


def is_older(first_hour: datetime | None, first_minute: datetime | None) -> bool:
    """Whether there is history older than what minutes and rows are kept for."""
    return (
        first_hour is not None
        and first_minute is not None
        and first_hour < down(first_minute, HOUR)
    )


def minutes_from(
    first_minute: datetime | None, first_hour: datetime | None, window: TimeRange
) -> datetime | None:
    """Since when `window` can be told by minutes: where nothing is older than the first one, there
    is nothing to tell before it."""
    if first_minute is None or is_older(first_hour, first_minute):
        return first_minute
    return min(first_minute, window.start)


def plan_for(window: TimeRange, longest: Level, coverage: Coverage) -> Plan:
    """How to read `window` from cells no longer than `longest`."""
    whole = (up(window.start, MINUTE), down(window.end, MINUTE))
    if longest is Level.RAW or coverage.settled is None or whole[0] >= whole[1]:
        return Plan(raw=[(window.start, window.end)])
    days: list[Interval] = []
    hours: list[Interval] = []
    rest = [whole]
    if longest >= Level.DAY:
        rest, days = _taken(rest, DAY, coverage.settled)
    if longest >= Level.HOUR:
        rest, hours = _taken(rest, HOUR, coverage.settled)
    minutes, raw = _fine(rest, coverage)
    raw = _minus(_few(raw + _ends(window, whole)), hours + days)
    return Plan(raw=raw, minutes=_minus(minutes, raw), hours=hours, days=days)


def plan_of_sessions(
    pieces: Plan, counted: Iterable[datetime], *, by_minute: bool, at_once: bool
) -> Plan:
    """How to read the sessions that came in the range of `pieces`: `counted` hours from their
    cells (`by_minute`: told by minutes), what else is not in longer cells from the rows.

    `at_once`: no change may be missing, so hours that are not `counted` are read from the rows.
    """
    rows = joined([*pieces.raw, *pieces.minutes, *(pieces.hours if at_once else ())])
    known = joined(
        (hour, hour + HOUR)
        for hour in counted
        if any(start <= hour and hour + HOUR <= end for start, end in rows)
    )
    hours = [] if at_once else list(pieces.hours)
    return Plan(
        raw=_minus(rows, known),
        minutes=known if by_minute else [],
        hours=hours if by_minute else joined([*hours, *known]),
        days=pieces.days,
    )


def plan_by_days(window: TimeRange, until: datetime | None) -> Plan:
    """How to read `window` from whole days before `until` and raw rows alone."""
    start, end = up(window.start, DAY), min(down(window.end, DAY), until or window.start)
    days = [(start, end)] if start < end else []
    return Plan(raw=_minus([(window.start, window.end)], days), days=days)


def down(moment: datetime, unit: timedelta) -> datetime:
    """The start of the whole unit that holds `moment`."""
    return EPOCH + (moment - EPOCH) // unit * unit


def up(moment: datetime, unit: timedelta) -> datetime:
    """The first start of a whole unit from `moment` on."""
    return EPOCH - (EPOCH - moment) // unit * unit


def _taken(
    rest: list[Interval], unit: timedelta, settled: datetime
) -> tuple[list[Interval], list[Interval]]:
    """What is left of `rest`, and its whole settled units."""
    found = []
    for start, end in rest:
        first, last = up(start, unit), min(down(end, unit), down(settled, unit))
        if first < last:
            found.append((first, last))
    return _minus(rest, found), found


def _fine(rest: list[Interval], coverage: Coverage) -> tuple[list[Interval], list[Interval]]:
    """What is left, by minutes and raw."""
    since = coverage.minutes_from
    minutes = [(max(start, since), end) for start, end in rest if since and end > since]
    raw = _minus(rest, minutes)
    for minute in coverage.changed:
        raw += [(minute, minute + MINUTE) for start, end in minutes if start <= minute < end]
    return minutes, raw


def _ends(window: TimeRange, whole: Interval) -> list[Interval]:
    ends = [(window.start, whole[0]), (whole[1], window.end)]
    return [(start, end) for start, end in ends if start < end]


def _minus(intervals: Sequence[Interval], less: Sequence[Interval]) -> list[Interval]:
    """What of `intervals` lies in none of `less`."""
    left = list(intervals)
    for first, last in less:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, first)), (max(start, last), end))
            if piece[0] < piece[1]
        ]
    return left


def _few(intervals: Sequence[Interval]) -> list[Interval]:
    """In order, neighbours as one; the closest ones too when there are too many."""
    gap = timedelta(0)
    found = joined(intervals)
    while len(found) > MOST_RAW_PIECES:
        gap = max(gap * 2, MINUTE)
        found = joined(found, gap)
    return found
