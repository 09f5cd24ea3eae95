"""The "Until" field yields a future instant in the time zone of the page, or a clear fault."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import MAX_PERIOD
from dashboard.server.alerts.core.time_field import example, instant_of
from tests.support.clock import NOON

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("18:00", BERLIN, datetime(2026, 3, 2, 17, tzinfo=UTC)),
        ("13:00", BERLIN, datetime(2026, 3, 3, 12, tzinfo=UTC)),
        ("9:05", TOKYO, datetime(2026, 3, 3, 0, 5, tzinfo=UTC)),
        (" 2026-03-04 09:30 ", BERLIN, datetime(2026, 3, 4, 8, 30, tzinfo=UTC)),
        ("2026-3-4T9:30", TOKYO, datetime(2026, 3, 4, 0, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_typed_time_is_read_in_the_time_zone_of_the_page(
    text: str, zone: ZoneInfo, at: datetime
) -> None:
    assert instant_of(text, NOON, zone) == at


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must be a time such as 17:00 or 2026-03-02 17:00"),
        ("tomorrow", "must be a time such as"),
        ("24:00", "must be a day and a time that exist"),
        ("2026-02-30 10:00", "must be a day and a time that exist"),
        ("0000-01-01 10:00", "must be a day and a time that exist"),
        ("2026-03-29 02:30", "must exist in Europe/Berlin: the clocks go forward"),
        ("2026-03-02 13:00", "must be in the future: it is 13:00 in Europe/Berlin"),
        ("0001-01-01 00:00", "must"),
        ("9999-12-31 23:59", "must be within 366 days, by 3 Mar 2027 13:00 at the latest"),
    ],
)
def test_an_invalid_end_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(RuleFault) as refused:
        instant_of(text, NOON, BERLIN)
    assert refused.value.field == "until"
    assert refused.value.reason.startswith(reason)


@given(st.integers(0, 5_000_000).map(lambda minutes: NOON + timedelta(minutes=minutes)))
def test_both_forms_of_the_example_are_accepted(now: datetime) -> None:
    short, long = example(now, BERLIN).split(" or ")
    for text in (short, long):
        assert now < instant_of(text, now, BERLIN) <= now + timedelta(hours=4)


@given(st.text(max_size=24))
def test_any_text_is_an_instant_ahead_or_a_fault(text: str) -> None:
    with suppress(RuleFault):
        assert NOON < instant_of(text, NOON, BERLIN) <= NOON + MAX_PERIOD
