"""Natural lengths of steps, and the longer step that each step belongs to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges import natural_steps
from analytics.ranges.natural_steps import DAY, HOUR, NATURAL_SECONDS, natural_start
from analytics.ranges.steps import LADDER, SERVER_LADDER, Step, step_for
from analytics.ranges.timerange import TimeRange
from tests.support.clock import NOON

ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"]
YEARS = (datetime(2020, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
instants = st.datetimes(*YEARS, timezones=st.just(UTC))
BERLIN = ZoneInfo("Europe/Berlin")


@given(
    st.sampled_from([LADDER, SERVER_LADDER]), st.integers(15, 60 * 24 * 366), st.integers(20, 60)
)
def test_any_range_has_a_natural_length_of_full_steps(
    ladder: tuple[Step, ...], minutes: int, most: int
) -> None:
    step = step_for(TimeRange(NOON - timedelta(minutes=minutes), NOON), ladder)
    seconds = natural_steps.natural_seconds(step.seconds, 60 * minutes / most)
    assert seconds % step.seconds == 0
    assert DAY % seconds == 0 or seconds % DAY == 0
    assert seconds in NATURAL_SECONDS
    assert 60 * minutes / seconds <= most


@pytest.mark.parametrize(
    ("step_minutes", "range_hours", "most", "minutes"),
    [
        (1, 24, 60, 30), (5, 25, 60, 30), (5, 72, 60, 120), (1, 3, 60, 5), (60, 168, 60, 180),
        (180, 720, 60, 720), (180, 720, 30, 1440), (60, 8760, 60, 7 * 1440),
    ],
)  # fmt: skip
def test_the_lengths_are_those_that_clocks_have(
    step_minutes: int, range_hours: int, most: int, minutes: int
) -> None:
    least = range_hours * 3600 / most
    assert natural_steps.natural_seconds(step_minutes * 60, least) == minutes * 60


@given(instants, st.sampled_from(ZONES), st.sampled_from(NATURAL_SECONDS))
def test_an_instant_lies_in_its_step(at: datetime, zone: str, seconds: int) -> None:
    start = natural_start(at, seconds, ZoneInfo(zone))
    assert timedelta() <= at - start < timedelta(seconds=seconds, hours=1)
    assert natural_start(start, seconds, ZoneInfo(zone)) == start


def test_the_hour_that_a_clock_change_repeats_is_two_steps_and_a_day_is_a_single_step() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    both = [first, first + timedelta(hours=1)]
    assert len({natural_start(at, HOUR, BERLIN) for at in both}) == 2
    assert {natural_start(at, DAY, BERLIN) for at in both} == {
        datetime(2026, 10, 24, 22, tzinfo=UTC)
    }


def test_steps_beside_the_clock_belong_to_the_day_that_has_most_of_them() -> None:
    """Half an hour before local midnight, where edges were moved to the start of the hour."""
    moved = datetime(2026, 3, 1, 18, tzinfo=UTC)
    (start,) = natural_steps.joined_starts((moved,), 3 * HOUR, DAY, ZoneInfo("Asia/Kolkata"))
    assert start == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "step_seconds", "clock"), [(23, 3 * HOUR, "Europe/Berlin"), (0, 3 * HOUR, "UTC")]
)
def test_steps_are_joined_by_the_clock_on_which_they_begin(
    hour: int, step_seconds: int, clock: str
) -> None:
    steps = [datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(hours=3 * n) for n in range(9)]
    assert natural_steps.clock_of(steps, step_seconds, BERLIN, "UTC").key == clock
