"""Times for people: in their zone, with the day where it is not today's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting import times
from analytics.formatting.numbers import THIN
from tests.support.clock import NOON

BERLIN, AUCKLAND, UTC_ZONE = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Pacific/Auckland"),
    ZoneInfo("UTC"),
)
zones = st.sampled_from([BERLIN, AUCKLAND, UTC_ZONE, ZoneInfo("America/St_Johns")])
moments = st.datetimes(datetime(2020, 1, 2), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("ago", "zone", "moment", "clock"),
    [
        (timedelta(0), UTC_ZONE, "12:00", "12:00:00"),
        (timedelta(seconds=53), BERLIN, "12:59", "12:59:07"),
        (timedelta(hours=13), UTC_ZONE, "1 Mar 23:00", "Sun 1 Mar 23:00:00"),
        (timedelta(hours=13), BERLIN, "00:00", "00:00:00"),
        (timedelta(hours=13), AUCKLAND, "2 Mar 12:00", "Mon 2 Mar 12:00:00"),
        (timedelta(days=90), UTC_ZONE, "2 Dec 2025 12:00", "Tue 2 Dec 2025 12:00:00"),
    ],
)
def test_the_day_is_left_out_on_the_day_itself(
    ago: timedelta, zone: ZoneInfo, moment: str, clock: str
) -> None:
    assert times.moment(NOON - ago, NOON, zone) == moment
    assert times.clock(NOON - ago, NOON, zone) == clock


def test_summer_time_is_respected() -> None:
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert times.moment(before, before, BERLIN) == "01:59"
    assert times.moment(before + timedelta(minutes=1), before, BERLIN) == "03:00"


@given(moments, zones)
def test_a_moment_of_today_is_without_its_day(at: datetime, zone: ZoneInfo) -> None:
    local = at.astimezone(zone)
    assert times.moment(at, at, zone) == local.strftime("%H:%M")
    longest_day = timedelta(hours=25)  # that of the clocks' change
    assert times.moment(at, at + longest_day, zone).startswith(f"{local.day} ")


def test_the_end_of_a_span_repeats_no_day() -> None:
    morning = datetime(2026, 3, 2, 9, tzinfo=UTC)
    half_past_noon = morning + timedelta(hours=3, minutes=30)
    assert times.span(morning, half_past_noon, NOON, UTC_ZONE) == "2 Mar 09:00 to 12:30"
    week_later = morning + timedelta(days=7)
    assert times.span(morning, week_later, NOON, UTC_ZONE) == "2 Mar 09:00 to 9 Mar 09:00"
    assert times.span(morning, half_past_noon, NOON, AUCKLAND) == "2 Mar 22:00 to 3 Mar 01:30"


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(0), "1 min"),
        (timedelta(seconds=89), "1 min"),
        (timedelta(minutes=59, seconds=29), "59 min"),
        (timedelta(minutes=59, seconds=31), "1 h"),
        (timedelta(hours=4, minutes=10), "4 h 10 min"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=3, hours=5), "3 days 5 h"),
        (timedelta(days=7, hours=5), "7 days"),
        (timedelta(seconds=-5), "1 min"),
    ],
)
def test_a_length_has_at_most_two_units(duration: timedelta, expected: str) -> None:
    assert times.length(duration).replace(THIN, " ") == expected


@given(st.integers(1, 47 * 60 + 59))
def test_a_length_up_to_two_days_is_exact_to_the_minute(minutes: int) -> None:
    text = times.length(timedelta(minutes=minutes)).replace(THIN, " ")
    pieces = dict(zip(text.split()[1::2], map(int, text.split()[::2]), strict=True))
    assert pieces.get("h", 0) * 60 + pieces.get("min", 0) == minutes


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1, "1 s"),
        (15, "15 s"),
        (60, "1 min"),
        (300, "5 min"),
        (3600, "1 h"),
        (43_200, "12 h"),
        (86_400, "1 day"),
        (1_209_600, "2 weeks"),
    ],
)
def test_a_step_is_in_seconds_below_a_minute(seconds: int, expected: str) -> None:
    assert times.step(seconds).replace(THIN, " ") == expected


def test_a_span_in_another_year_has_its_year() -> None:
    start = datetime(2025, 12, 28, 9, tzinfo=UTC)
    assert times.span(start, start + timedelta(days=5), NOON, UTC_ZONE) == (
        "28 Dec 2025 09:00 to 2 Jan 09:00"
    )
