"""Typed ranges: words, spans, days and times in the zone of the page, over changes of its clock."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.ranges import local_days, rolling, typed_range
from analytics.ranges.periods import Period
from analytics.ranges.rolling import UnreadableRange
from analytics.ranges.span import Span
from analytics.ranges.timerange import TimeRange
from analytics.ranges.typed_moment import MomentReader, UnreadableMoment
from analytics.ranges.zones import zone_named
from tests.support.clock import NOON

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
# Clocks that change at midnight, by half an hour, or left out a day.
zones = st.sampled_from([
    ZoneInfo(name) for name in (
        "UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe",
        "Pacific/Apia", "Asia/Kathmandu", "Asia/Beirut",
    )
])  # fmt: skip
days = st.dates(date(2005, 1, 1), date(2030, 12, 31))
instants = st.datetimes(datetime(2005, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def local(*ends: str) -> TimeRange:
    """The range between two wall-clock times of Berlin."""
    start, end = (datetime.fromisoformat(at).replace(tzinfo=BERLIN) for at in ends)
    return TimeRange(start.astimezone(UTC), end.astimezone(UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday", Period.YESTERDAY),
        (" Last  Week ", Period.LAST_WEEK),
        ("this-month", Period.THIS_MONTH),
        ("3h", Span(3, "h")),
        ("45 m", Span(45, "m")),
        ("2D", Span(2, "d")),
        ("last 90 minutes", Span(90, "m")),
        ("past hour", Span(1, "h")),
        ("18 Nov", local("2025-11-18", "2025-11-19")),
        ("1 March", local("2026-03-01", "2026-03-02")),
        ("Nov 18, 2024", local("2024-11-18", "2024-11-19")),
        ("2026-02-28", local("2026-02-28", "2026-03-01")),
        ("29 feb", local("2024-02-29", "2024-03-01")),
        ("18 Nov 14:00", local("2025-11-18 14:00", "2025-11-18 15:00")),
        ("18 Nov 14:00 to 16:30", local("2025-11-18 14:00", "2025-11-18 16:30")),
        ("18 Nov 22:00 to 2:00", local("2025-11-18 22:00", "2025-11-19 02:00")),
        ("18 Nov - 3 Jan", local("2025-11-18", "2026-01-04")),
        ("28 Feb until now", TimeRange(local("2026-02-28", "2026-03-01").start, NOON)),
        ("since yesterday 9:30", TimeRange(local("2026-03-01 09:30", "2026-03-02").start, NOON)),
        ("3h ago to 1h ago", TimeRange(NOON - 3 * timedelta(hours=1), NOON - timedelta(hours=1))),
        ("14:00", local("2026-03-01 14:00", "2026-03-01 15:00")),
        ("2026-03-01T10:00:00Z to 2026-03-01T13:00+01:00",
         TimeRange(NOON - timedelta(hours=26), NOON - timedelta(hours=24))),
    ],
)  # fmt: skip
def test_what_can_be_typed(text: str, expected: rolling.Rolling | TimeRange) -> None:
    assert typed_range.read(text, NOON, BERLIN) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("soon", r"“soon” is no range\. Type such as yesterday, last week, 3h"),
        ("", "is no range"),
        ("now", "is no range"),
        ("31 Feb", "is no range"),
        ("3 ma", "is no range"),
        ("18 Nov 25:00", "is no range"),
        ("9999999d", "is no range"),
        ("18 Nov to soon", r"“soon” is no time\. Type such as 18 Nov 14:00"),
        ("18 Nov 2025 to 17 Nov 2025", "start must lie before end"),
        ("1850-01-01 to now", "Years are from 2000 to 2199"),
        ("2001-01-01 to now", "longer than ten years"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can_be_typed(text: str, reason: str) -> None:
    with pytest.raises(UnreadableRange, match=reason):
        typed_range.read(text, NOON, BERLIN)


@given(st.text(max_size=30) | st.from_regex(r"[0-9a-z :-]{1,20}", fullmatch=True), instants, zones)
def test_any_text_is_a_range_or_refused(text: str, now: datetime, zone: ZoneInfo) -> None:
    with suppress(UnreadableRange):
        result = typed_range.read(text, now, zone)
        window = result if isinstance(result, TimeRange) else result.window(now + SECOND, zone)
        assert window.start < window.end


@given(days, zones)
def test_days_tile_the_calendar_of_a_zone(day: date, zone: ZoneInfo) -> None:
    now = datetime(2031, 1, 1, tzinfo=UTC)
    first, second = (
        typed_range.read(f"{at:%d %b %Y}", now, zone) for at in (day, day + timedelta(days=1))
    )
    assert isinstance(first, TimeRange)
    assert isinstance(second, TimeRange)
    assert first.end == second.start == local_days.midnight(day + timedelta(days=1), zone)


@given(instants, zones)
@example(datetime(2005, 1, 1, 23, 59, 59, tzinfo=UTC), ZoneInfo("UTC"))
def test_a_period_before_ends_where_the_present_starts(now: datetime, zone: ZoneInfo) -> None:
    at = now + SECOND
    today = at.astimezone(zone).date()
    for present, before in (
        (Period.TODAY, Period.YESTERDAY),
        (Period.THIS_WEEK, Period.LAST_WEEK),
        (Period.THIS_MONTH, Period.LAST_MONTH),
    ):
        window, earlier = present.window(at, zone), before.window(at, zone)
        assert earlier.end == window.start <= at <= window.end
        assert earlier.start.astimezone(zone).date() < today
    assert Period.THIS_WEEK.window(at, zone).length <= timedelta(days=7, hours=1)


@given(instants, zones)
def test_what_the_picker_writes_reads_back(at: datetime, zone: ZoneInfo) -> None:
    wall = at.replace(second=0, microsecond=0).astimezone(zone)
    moment = MomentReader(at, zone).read(f"{wall:%Y-%m-%d %H:%M}")
    assert (moment.start, moment.is_day) == (wall.replace(fold=0).astimezone(UTC), False)


def test_a_day_at_the_end_is_part_of_the_range() -> None:
    window = typed_range.read_ends("28 Feb", "1 Mar", NOON, BERLIN)
    assert window == local("2026-02-28", "2026-03-02")
    with pytest.raises(UnreadableRange, match="is no time"):
        typed_range.read_ends("28 Feb", "", NOON, BERLIN)
    with pytest.raises(UnreadableMoment, match="3h ago or now"):
        MomentReader(NOON, BERLIN).read("tomorrow")


def test_a_range_of_an_address_has_a_heading_and_its_form() -> None:
    headings = {text: rolling.read(text).heading for text in ("3h", "1w", "last-week", "today")}
    assert headings == {
        "3h": "Last 3 hours", "1w": "Last 7 days", "last-week": "Last week", "today": "Today",
    }  # fmt: skip
    assert str(rolling.read("last-week")) == "last-week"
    with pytest.raises(UnreadableRange, match="yesterday"):
        rolling.read("Last week")


@pytest.mark.parametrize("name", [None, "", "Nowhere/At_All", "../../etc/passwd", "x" * 65, 7])
def test_an_invalid_zone_is_none(name: object) -> None:
    assert zone_named(name) is None
    assert zone_named("Asia/Kolkata") == ZoneInfo("Asia/Kolkata")
