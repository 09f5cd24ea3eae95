"""Spans of time as an address writes them."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges import span
from analytics.ranges.timerange import LONGEST_RANGE


@pytest.mark.parametrize(
    ("text", "length", "label"),
    [
        ("15m", timedelta(minutes=15), "15 minutes"),
        ("1h", timedelta(hours=1), "hour"),
        ("3h", timedelta(hours=3), "3 hours"),
        ("24h", timedelta(days=1), "24 hours"),
        ("30d", timedelta(days=30), "30 days"),
        ("4w", timedelta(weeks=4), "4 weeks"),
        ("3660d", LONGEST_RANGE, "3660 days"),
    ],
)
def test_a_span_has_a_length_and_a_label(text: str, length: timedelta, label: str) -> None:
    parsed = span.read(text)
    assert (parsed.length, parsed.label, str(parsed)) == (length, label, text)


@pytest.mark.parametrize(
    "text", ["", "3", "h", "0h", "03h", "-3h", "3.5h", "3 h", "3H", "3y", "٣h", "3h\n", "3661d"]
)
def test_an_unreadable_span_says_what_is_accepted(text: str) -> None:
    with pytest.raises(span.UnreadableSpan, match=r"15m, 3h, 24h, 7d or 30d, at most 3660d"):
        span.read(text)


@given(st.text(max_size=12))
def test_any_text_is_a_span_or_refused(text: str) -> None:
    with suppress(span.UnreadableSpan):
        assert str(span.read(text)) == text
