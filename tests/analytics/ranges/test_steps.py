"""The choice of a step: never too many points, never coarser than needed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges.steps import LADDER, MOST_POINTS, ORIGIN, step_for
from analytics.ranges.timerange import LONGEST_RANGE, TimeRange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
starts = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
lengths = st.timedeltas(min_value=timedelta(microseconds=1), max_value=LONGEST_RANGE)


@pytest.mark.parametrize(
    ("hours", "name"),
    [
        (1, "minute"),
        (24, "5 minutes"),
        (24 * 3, "15 minutes"),
        (24 * 7, "hour"),
        (24 * 30, "3 hours"),
        (24 * 90, "6 hours"),
        (24 * 300, "day"),
        (24 * 2000, "week"),
        (24 * 3660, "4 weeks"),
    ],
)
def test_the_usual_ranges_have_the_expected_step(hours: int, name: str) -> None:
    assert step_for(TimeRange(NOON - timedelta(hours=hours), NOON)).name == name


@given(starts, lengths)
def test_no_range_has_more_points_than_a_chart_can_show(start: datetime, length: timedelta) -> None:
    window = TimeRange(start, start + length)
    assert 1 <= step_for(window).points(window) <= MOST_POINTS


@given(starts, lengths)
def test_no_finer_step_would_do(start: datetime, length: timedelta) -> None:
    window = TimeRange(start, start + length)
    finer = LADDER[: LADDER.index(step_for(window))]
    assert all(step.points(window) > MOST_POINTS for step in finer)


def test_weeks_start_on_mondays() -> None:
    assert ORIGIN.isoweekday() == 1


def test_the_cut_ends_of_a_range_count_as_points() -> None:
    window = TimeRange(NOON + timedelta(seconds=30), NOON + timedelta(seconds=90))
    assert LADDER[0].points(window) == 2
