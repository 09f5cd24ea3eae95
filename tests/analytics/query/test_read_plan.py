"""The read plan: every instant once, cells only for full units of complete time."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query.read_plan import (
    DAY,
    HOUR,
    MINUTE,
    MOST_RAW_INTERVALS,
    CellLength,
    Coverage,
    ReadPlan,
    ceil_to,
    cube_plan_for,
    floor_to,
    plan_for,
)
from analytics.ranges.timerange import TimeRange
from models.metrics.intervals import Interval
from tests.support.clock import NOON

seconds = st.integers(0, 6 * 86400 * 4).map(lambda s: NOON - timedelta(seconds=s / 4))
windows = st.tuples(seconds, seconds).filter(lambda m: m[0] != m[1])
changes = st.lists(st.integers(0, 60 * 30), max_size=80, unique=True).map(
    lambda minutes: [NOON - HOUR * 30 + MINUTE * m for m in sorted(minutes)]
)
coverages = st.builds(
    Coverage,
    complete_until=st.integers(0, 30).map(lambda h: NOON - HOUR * h) | st.none(),
    minutes_from=st.integers(0, 60 * 100).map(lambda m: NOON - MINUTE * m) | st.none(),
    dirty_minutes=changes,
)


def intervals_of(plan: ReadPlan) -> list[Interval]:
    return sorted([*plan.raw, *plan.minutes, *plan.hours, *plan.days])


@given(windows, st.sampled_from(CellLength), coverages)
def test_every_instant_is_read_once(
    ends: tuple[datetime, datetime], longest: CellLength, coverage: Coverage
) -> None:
    window = TimeRange(*sorted(ends))
    intervals = intervals_of(plan_for(window, longest, coverage))
    assert intervals[0][0] == window.start
    assert intervals[-1][1] == window.end
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(intervals))


@given(windows, st.sampled_from(CellLength), coverages)
def test_cells_are_full_units_of_complete_time(
    ends: tuple[datetime, datetime], longest: CellLength, coverage: Coverage
) -> None:
    plan = plan_for(TimeRange(*sorted(ends)), longest, coverage)
    for unit, intervals in ((MINUTE, plan.minutes), (HOUR, plan.hours), (DAY, plan.days)):
        assert all(
            floor_to(end, unit) == end and ceil_to(start, unit) == start for start, end in intervals
        )
    assert all(
        coverage.complete_until and end <= coverage.complete_until
        for _, end in plan.hours + plan.days
    )
    assert all(coverage.minutes_from and s >= coverage.minutes_from for s, _ in plan.minutes)


@given(windows, coverages)
def test_dirty_minutes_are_read_from_rows(
    ends: tuple[datetime, datetime], coverage: Coverage
) -> None:
    plan = plan_for(TimeRange(*sorted(ends)), CellLength.MINUTE, coverage)
    assert not any(start <= m < end for m in coverage.dirty_minutes for start, end in plan.minutes)


def test_scattered_dirty_minutes_are_read_in_few_intervals() -> None:
    changed = [NOON - HOUR * 20 + MINUTE * 3 * n for n in range(300)]
    coverage = Coverage(
        complete_until=NOON - HOUR * 20, minutes_from=NOON - HOUR * 30, dirty_minutes=changed
    )
    plan = plan_for(TimeRange(NOON - HOUR * 20, NOON), CellLength.MINUTE, coverage)
    assert len(plan.raw) <= MOST_RAW_INTERVALS


@pytest.mark.parametrize("longest", list(CellLength))
def test_without_rollups_all_is_read_from_rows(longest: CellLength) -> None:
    window = TimeRange(NOON - DAY * 3, NOON)
    assert plan_for(window, longest, Coverage()) == ReadPlan(raw=[(window.start, window.end)])


@given(windows, st.integers(0, 5).map(lambda d: floor_to(NOON, DAY) - DAY * d) | st.none())
def test_a_cube_plan_reads_every_instant_once(
    ends: tuple[datetime, datetime], cube_until: datetime | None
) -> None:
    window = TimeRange(*sorted(ends))
    intervals = intervals_of(cube_plan_for(window, cube_until))
    assert (intervals[0][0], intervals[-1][1]) == (window.start, window.end)
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(intervals))
