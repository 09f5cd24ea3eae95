"""The read plan: every instant once, cells only for full units of complete time."""

import itertools
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.query.read_plan import (
    DAY,
    HOUR,
    MINUTE,
    MOST_RAW_INTERVALS,
    Coverage,
    ceil_to,
    day_plan,
    floor_to,
    plan_for,
)
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of
from models.metrics.grid import Grid
from models.metrics.intervals import Interval, ReadPlan
from tests.support.clock import NOON

seconds = st.integers(0, 6 * 86400 * 4).map(lambda s: NOON - timedelta(seconds=s / 4))
windows = st.tuples(seconds, seconds).filter(lambda m: m[0] != m[1])
changes = st.lists(st.integers(0, 60 * 30), max_size=80, unique=True).map(
    lambda minutes: [NOON - HOUR * 30 + MINUTE * m for m in sorted(minutes)]
)
coverages = st.builds(
    Coverage,
    complete_until=st.integers(0, 30).map(lambda h: NOON - HOUR * h) | st.none(),
    first_minute=st.integers(0, 60 * 100).map(lambda m: NOON - MINUTE * m) | st.none(),
    dirty_minutes=changes,
)


zones = st.sampled_from(["UTC", "Asia/Kolkata", "Australia/Lord_Howe"])


def grids(window: TimeRange, seconds: int, zone: str) -> Grid:
    """One step, or steps of a length in a zone."""
    return grid_of(window, Step("", seconds), zone) if seconds else Grid((window.start, window.end))


lengths = st.sampled_from([0, 900, 3600, 21600, 86400])


def intervals_of(plan: ReadPlan) -> list[Interval]:
    return sorted([*plan.raw, *plan.minutes, *plan.hours, *plan.days])


@given(windows, lengths, zones, coverages)
def test_every_instant_is_read_once(
    ends: tuple[datetime, datetime], seconds: int, zone: str, coverage: Coverage
) -> None:
    window = TimeRange(*sorted(ends))
    plan = plan_for(window, grids(window, seconds, zone), coverage, coverage.first_minute)
    intervals = intervals_of(plan)
    assert (intervals[0][0], intervals[-1][1]) == (window.start, window.end)
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(intervals))


@given(windows, lengths, zones, coverages)
def test_cells_are_full_units_of_complete_time_that_no_step_cuts(
    ends: tuple[datetime, datetime], seconds: int, zone: str, coverage: Coverage
) -> None:
    window = TimeRange(*sorted(ends))
    grid = grids(window, seconds, zone)
    plan = plan_for(window, grid, coverage, coverage.first_minute)
    for unit, intervals in ((MINUTE, plan.minutes), (HOUR, plan.hours), (DAY, plan.days)):
        cuts = [edge for edge in grid.edges[1:-1] if floor_to(edge, unit) != edge]
        for start, end in intervals:
            assert (floor_to(end, unit), ceil_to(start, unit)) == (end, start)
            assert not any(start < edge < end for edge in cuts)
    until, since = coverage.complete_until, coverage.first_minute
    assert all(until and end <= until for _, end in plan.hours + plan.days)
    assert all(since and start >= since for start, _ in plan.minutes)


@given(windows, coverages)
def test_dirty_minutes_are_read_from_rows(
    ends: tuple[datetime, datetime], coverage: Coverage
) -> None:
    window = TimeRange(*sorted(ends))
    plan = plan_for(window, grids(window, 60, "UTC"), coverage, coverage.first_minute)
    assert not any(start <= m < end for m in coverage.dirty_minutes for start, end in plan.minutes)


def test_scattered_dirty_minutes_are_read_in_few_intervals() -> None:
    changed = [NOON - HOUR * 20 + MINUTE * 3 * n for n in range(300)]
    coverage = Coverage(complete_until=NOON - HOUR * 20, dirty_minutes=changed)
    window = TimeRange(NOON - HOUR * 20, NOON)
    plan = plan_for(window, grids(window, 60, "UTC"), coverage, NOON - HOUR * 30)
    assert len(plan.raw) <= MOST_RAW_INTERVALS


def test_without_rollups_all_is_read_from_rows() -> None:
    window = TimeRange(NOON - DAY * 3, NOON)
    for seconds in (0, 3600):
        plan = plan_for(window, grids(window, seconds, "UTC"), Coverage(), None)
        assert plan == ReadPlan(raw=[(window.start, window.end)])


days = st.integers(0, 5).map(lambda number: floor_to(NOON, DAY) - DAY * number)


@given(windows, lengths, st.tuples(days, days) | st.none(), st.lists(days, max_size=2))
def test_a_plan_of_days_reads_every_instant_once_and_no_stale_day(
    ends: tuple[datetime, datetime], seconds: int, counted: Interval | None, stale: list[datetime]
) -> None:
    window = TimeRange(*sorted(ends))
    if counted:
        counted = min(counted), max(counted)
    plan = day_plan(window, grids(window, seconds, "UTC"), counted, stale)
    intervals = intervals_of(plan)
    assert (intervals[0][0], intervals[-1][1]) == (window.start, window.end)
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(intervals))
    assert not any(start <= day < end for day in stale for start, end in plan.days)
    assert all(counted and counted[0] <= s and end <= counted[1] for s, end in plan.days)
