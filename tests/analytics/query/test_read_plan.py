"""The plan of reading: every instant once, cells only where they are whole and settled."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query.read_plan import (
    DAY,
    HOUR,
    MINUTE,
    MOST_RAW_PIECES,
    Coverage,
    Level,
    Plan,
    down,
    plan_by_days,
    plan_for,
    up,
)
from analytics.ranges.timerange import TimeRange
from models.database.intervals import Interval
from tests.conftest import NOON

seconds = st.integers(0, 6 * 86400 * 4).map(lambda s: NOON - timedelta(seconds=s / 4))
windows = st.tuples(seconds, seconds).filter(lambda m: m[0] != m[1])
changes = st.lists(st.integers(0, 60 * 30), max_size=80, unique=True).map(
    lambda found: [NOON - HOUR * 30 + MINUTE * m for m in sorted(found)]
)
coverages = st.builds(
    Coverage,
    settled=st.integers(0, 30).map(lambda h: NOON - HOUR * h) | st.none(),
    minutes_from=st.integers(0, 60 * 100).map(lambda m: NOON - MINUTE * m) | st.none(),
    changed=changes,
)


def pieces(plan: Plan) -> list[Interval]:
    return sorted([*plan.raw, *plan.minutes, *plan.hours, *plan.days])


@given(windows, st.sampled_from(Level), coverages)
def test_every_instant_is_read_once(
    ends: tuple[datetime, datetime], longest: Level, coverage: Coverage
) -> None:
    window = TimeRange(*sorted(ends))
    found = pieces(plan_for(window, longest, coverage))
    assert found[0][0] == window.start
    assert found[-1][1] == window.end
    assert all(one[1] == other[0] for one, other in itertools.pairwise(found))


@given(windows, st.sampled_from(Level), coverages)
def test_cells_are_whole_and_settled(
    ends: tuple[datetime, datetime], longest: Level, coverage: Coverage
) -> None:
    plan = plan_for(TimeRange(*sorted(ends)), longest, coverage)
    for unit, intervals in ((MINUTE, plan.minutes), (HOUR, plan.hours), (DAY, plan.days)):
        assert all(down(end, unit) == end and up(start, unit) == start for start, end in intervals)
    assert all(coverage.settled and end <= coverage.settled for _, end in plan.hours + plan.days)
    assert all(coverage.minutes_from and s >= coverage.minutes_from for s, _ in plan.minutes)


@given(windows, coverages)
def test_changed_minutes_are_read_from_rows(
    ends: tuple[datetime, datetime], coverage: Coverage
) -> None:
    plan = plan_for(TimeRange(*sorted(ends)), Level.MINUTE, coverage)
    assert not any(start <= m < end for m in coverage.changed for start, end in plan.minutes)


def test_scattered_changes_are_few_pieces() -> None:
    changed = [NOON - HOUR * 20 + MINUTE * 3 * n for n in range(300)]
    coverage = Coverage(settled=NOON - HOUR * 20, minutes_from=NOON - HOUR * 30, changed=changed)
    plan = plan_for(TimeRange(NOON - HOUR * 20, NOON), Level.MINUTE, coverage)
    assert len(plan.raw) <= MOST_RAW_PIECES


@pytest.mark.parametrize("level", list(Level))
def test_without_rollups_all_is_read_from_rows(level: Level) -> None:
    window = TimeRange(NOON - DAY * 3, NOON)
    assert plan_for(window, level, Coverage()) == Plan(raw=[(window.start, window.end)])


@given(windows, st.integers(0, 5).map(lambda d: down(NOON, DAY) - DAY * d) | st.none())
def test_a_plan_by_days_reads_every_instant_once_too(
    ends: tuple[datetime, datetime], until: datetime | None
) -> None:
    window = TimeRange(*sorted(ends))
    found = pieces(plan_by_days(window, until))
    assert (found[0][0], found[-1][1]) == (window.start, window.end)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(found))
