"""Which rollup cells and which raw rows a range is read from, so that each row counts once.

Complete hours and days are read from their cells, the remainder from minute cells, and what no cell
contains yet (dirty minutes, the cut ends of the range) from raw rows. So results are exact and
fresh, at a cost that does not depend on the traffic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid
from models.metrics.intervals import Interval, ReadPlan, merged

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
STATES_ALTERED_FOR = timedelta(minutes=11)  # by a report, from its minute on
MOST_RAW_INTERVALS = 40  # more are merged across the gaps between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is rolled up at `at`, the clock of the database. Hours before `complete_until` have
    cells, minutes since `first_minute` (`by_dimension_from`: split by a dimension too).

    `dirty_minutes` are the minutes from `complete_until` on with rows that no cell contains,
    ascending. Days before `cube_until`, and those of pairs but `pairs_stale`, have cells by several
    dimensions. `late_minutes` are before `complete_until` and their cells lack rows, the first of
    them since `late_since`. The sessions of `counted_hours` are counted by the minute; the
    states of sessions are counted at the ends of all minutes up to `states_until`. `has_hidden`:
    some cells of the range count a filtered value as `other`.
    """

    at: datetime = EPOCH
    complete_until: datetime | None = None
    by_dimension_from: datetime | None = None
    cube_until: datetime | None = None
    pairs_from: datetime | None = None
    pairs_until: datetime | None = None
    pairs_stale: Sequence[datetime] = ()
    first_minute: datetime | None = None
    first_hour: datetime | None = None
    dirty_minutes: Sequence[datetime] = ()
    late_minutes: Sequence[datetime] = ()
    late_since: Sequence[datetime] = ()
    counted_hours: Sequence[datetime] = ()
    states_until: datetime | None = None
    has_hidden: bool = False

    @property
    def rows_from(self) -> datetime | None:
        """Since when there are raw rows, and minutes; `None`: nothing was dropped yet."""
        first, hour = self.first_minute, self.first_hour
        return first if first and hour and hour < floor_to(first, HOUR) else None

    @property
    def pairs(self) -> Interval | None:
        """The days with cells of pairs, none of which is rolled up no longer."""
        if self.pairs_from is None or self.pairs_until is None or self.complete_until is None:
            return None
        return self.pairs_from, min(self.pairs_until, self.complete_until)

    def minutes_from(self, window: TimeRange) -> datetime | None:
        """Since when `window` can be read by minutes: from its start when nothing was dropped, as
        there is nothing before the first minute."""
        if self.first_minute is None or self.rows_from is not None:
            return self.first_minute
        return min(self.first_minute, window.start)

    def data_as_of(self, window: TimeRange) -> datetime:
        """`at`, or when the oldest late row came that the cells of `window` do not contain yet."""
        late = zip(self.late_minutes, self.late_since, strict=True)
        return min([self.at, *(at for minute, at in late if window.start <= minute < window.end)])


def plan_for(window: TimeRange, grid: Grid, coverage: Coverage, since: datetime | None) -> ReadPlan:
    """How to read `window` in the steps of `grid`, from cells no step cuts; minutes have cells from
    `since` on. Dirty minutes are read from raw rows."""
    until, everything = coverage.complete_until, [(window.start, window.end)]
    if until is None or cut_units(grid, MINUTE):
        return ReadPlan(raw=everything)
    days = _full_units(everything, DAY, grid, (window.start, until))
    hours = _subtract(_full_units(everything, HOUR, grid, (window.start, until)), days)
    complete = hours + days
    minutes = _full_units(
        _subtract(everything, complete), MINUTE, grid, (since or window.end, window.end)
    )
    dirty = [
        (minute, minute + MINUTE)
        for minute in coverage.dirty_minutes
        if any(start <= minute < end for start, end in minutes)
    ]
    raw = _merge_close(_subtract(everything, complete + minutes) + dirty)
    raw = _subtract(raw, complete)
    return ReadPlan(raw=raw, minutes=_subtract(minutes, raw), hours=hours, days=days)


def day_plan(
    window: TimeRange, grid: Grid, counted: Interval | None, stale: Iterable[datetime] = ()
) -> ReadPlan:
    """How to read `window` from the days of `counted` that no step cuts, without those that are
    `stale`, and raw rows."""
    everything = [(window.start, window.end)]
    days = _full_units(everything, DAY, grid, counted or (window.end, window.end))
    days = _subtract(days, [(day, day + DAY) for day in stale])
    return ReadPlan(raw=_subtract(everything, days), days=days)


def session_plan_for(
    plan: ReadPlan, counted_hours: Iterable[datetime], *, by_minute: bool, up_to_date: bool
) -> ReadPlan:
    """How to read the sessions started in the range of `plan`: `counted_hours` from their session
    cells (`by_minute`: with their counts per minute), what no longer cell covers from the rows.

    `up_to_date`: no late change may be missing, so all cells but `counted_hours` are read
    from the rows.
    """
    rows = merged([*plan.raw, *plan.minutes, *(plan.hours + plan.days if up_to_date else ())])
    session_cells = merged(
        (hour, hour + HOUR)
        for hour in counted_hours
        if any(start <= hour and hour + HOUR <= end for start, end in rows)
    )
    hours = [] if up_to_date else plan.hours
    return ReadPlan(
        raw=_subtract(rows, session_cells),
        minutes=session_cells if by_minute else [],
        hours=hours if by_minute else merged([*hours, *session_cells]),
        days=[] if up_to_date else plan.days,
    )


def state_plan_for(plan: ReadPlan, coverage: Coverage, since: datetime | None) -> ReadPlan:
    """How to read the states of sessions in the range of `plan`, in full minutes: minutes from
    `since` on (`None`: none) that are counted from their cells, the others from the reports."""
    fine = [
        (floor_to(start, MINUTE), min(floor_to(end, MINUTE), floor_to(coverage.at, MINUTE)))
        for start, end in merged([*plan.raw, *plan.minutes])
    ]
    until = coverage.states_until
    if since is None or until is None:
        since = until = coverage.at
    minutes = _filled((max(start, since), min(end, until)) for start, end in fine)
    dirty = merged((minute, minute + STATES_ALTERED_FOR) for minute in coverage.dirty_minutes)
    minutes = _subtract(minutes, dirty)
    raw = _subtract(_filled(fine), minutes)
    return ReadPlan(raw=raw, minutes=minutes, hours=merged([*plan.hours, *plan.days]))


def _filled(intervals: Iterable[Interval]) -> list[Interval]:
    return [(start, end) for start, end in intervals if start < end]


def floor_to(moment: datetime, unit: timedelta) -> datetime:
    """The start of the unit that contains `moment`."""
    return EPOCH + (moment - EPOCH) // unit * unit


def ceil_to(moment: datetime, unit: timedelta) -> datetime:
    """The first start of a unit at or after `moment`."""
    return EPOCH - (EPOCH - moment) // unit * unit


def _full_units(
    intervals: Iterable[Interval], unit: timedelta, grid: Grid, counted: Interval
) -> list[Interval]:
    """The full units of `intervals` within `counted` that no step cuts."""
    first, last = counted
    aligned = (
        (ceil_to(max(start, first), unit), floor_to(min(end, last), unit))
        for start, end in intervals
    )
    return _subtract(_filled(aligned), cut_units(grid, unit))


def cut_units(grid: Grid, unit: timedelta) -> list[Interval]:
    """The units with an edge of a step within them."""
    length = unit.total_seconds()
    if grid.seconds and not grid.seconds % length and floor_to(grid.start, unit) == grid.start:
        return []
    if 0 < grid.seconds < length and grid.steps > 1:
        first, last = floor_to(grid.edges[1], unit), ceil_to(grid.edges[-2], unit)
        return [(first, last)] if first < last else []
    return merged(
        (start, start + unit)
        for edge in grid.edges[1:-1]
        if (start := floor_to(edge, unit)) != edge
    )


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
