"""Query strings are read strictly: what is not understood is refused, with the parameter named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from ingest.http import parameters
from ingest.http.problems import Unprocessable
from tests.support.clock import NOON

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone


def arguments(**values: str) -> parameters.Arguments:
    return MultiDict(values)


def field_refused(read: Callable[[], object]) -> str | None:
    with pytest.raises(Unprocessable) as caught:
        read()
    assert caught.value.detail
    return caught.value.field


def test_the_refusal_of_an_unknown_parameter_lists_the_accepted() -> None:
    with pytest.raises(Unprocessable, match=r"Accepted: start, end, range, tz\.") as caught:
        parameters.reject_unknown(arguments(colour="red"), parameters.RANGE)
    assert caught.value.field == "colour"
    with pytest.raises(Unprocessable, match=r"Accepted: none\."):
        parameters.reject_unknown(arguments(colour="red"), ())


def test_a_repeated_parameter_is_refused_even_with_equal_values() -> None:
    twice = MultiDict([("app", "a"), ("app", "a")])
    assert field_refused(lambda: parameters.reject_unknown(twice, ("app",))) == "app"
    parameters.reject_unknown(arguments(app="a"), ("app", "end"))


@given(moments)
def test_a_moment_in_any_zone_is_the_same_moment_in_utc(at: datetime) -> None:
    end = (at + timedelta(hours=1)).astimezone(UTC)
    window = parameters.window_of(
        arguments(start=at.isoformat(), end=end.isoformat()), lambda: NOON
    )
    assert (window.start, window.end) == (at, end)
    assert window.start.utcoffset() == timedelta(0)


def test_a_day_is_the_default_length_of_a_range() -> None:
    day = timedelta(hours=24)
    now = parameters.window_of(arguments(), lambda: NOON)
    assert (now.start, now.end) == (NOON - day, NOON)
    earlier = parameters.window_of(arguments(end="2026-01-10T00:00:00Z"), lambda: NOON)
    assert earlier.end - earlier.start == day


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-03-02", "2026-03-02T12:00:00", "2026-03-02 12:00:00Z", "1772452800",
        "2026-03-02T24:30:00Z", "2026-02-29T00:00:00Z", "2026-03-02T12:00:00+25:00",
        "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "٢٠٢٦-03-02T12:00:00Z", "2026-03-02T12:00:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert field_refused(lambda: parameters.window_of(arguments(end=text), lambda: NOON)) == "end"


def test_an_unescaped_plus_sign_is_explained() -> None:
    with pytest.raises(Unprocessable, match="%2B"):
        parameters.window_of(arguments(end="2026-03-02T12:00:00 01:00"), lambda: NOON)


def test_a_range_is_a_length_before_its_end() -> None:
    end = "2026-01-10T00:00:00Z"
    window = parameters.window_of(arguments(range="3h", end=end), lambda: NOON)
    assert (window.end.isoformat(), window.length) == (end[:-1] + "+00:00", timedelta(hours=3))
    with pytest.raises(Unprocessable, match="15m, 3h, 24h, 7d or 30d") as caught:
        parameters.window_of(arguments(range="3 hours"), lambda: NOON)
    assert caught.value.field == "range"
    both = arguments(range="3h", start=end)
    assert field_refused(lambda: parameters.window_of(both, lambda: NOON)) == "range"


def test_a_period_of_the_calendar_is_that_of_the_zone() -> None:
    hours = [
        parameters.window_of(arguments(range="yesterday", **zone), lambda: NOON).end.hour
        for zone in ({}, {"tz": "Europe/Berlin"})
    ]
    assert hours == [0, 23]
    bounded = arguments(range="yesterday", end="2026-01-10T00:00:00Z")
    assert field_refused(lambda: parameters.window_of(bounded, lambda: NOON)) == "range"
    nowhere = arguments(tz="Nowhere/At_All")
    assert field_refused(lambda: parameters.window_of(nowhere, lambda: NOON)) == "tz"


def test_a_range_without_length_is_refused_by_its_start() -> None:
    same = "2026-03-02T12:00:00Z"
    empty = arguments(start=same, end=same)
    assert field_refused(lambda: parameters.window_of(empty, lambda: NOON)) == "start"


@pytest.mark.parametrize("text", ["a\nb", "\x7f", "\ud800", "x" * (parameters.LONGEST_VALUE + 1)])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    assert field_refused(lambda: parameters.filters_of(arguments(page=text))) == "page"


def test_filters_hold_what_was_sent_and_no_empty_value() -> None:
    hostile = "'; DROP TABLE sessions --<b>" + "é" * 100
    filters = parameters.filters_of(arguments(app="", page=hostile, country="unknown"))
    assert filters.active() == {"page": hostile, "country": "unknown"}


@pytest.mark.parametrize("text", ["0", "01", "-1", "1.0", "1e3", " 1", "٣", "", "11", "9" * 16])
def test_a_number_out_of_its_limits_is_refused(text: str) -> None:
    assert field_refused(lambda: parameters.number_of(arguments(n=text), "n", 10)) == "n"


def test_a_number_reaches_its_limit_and_may_be_absent() -> None:
    assert parameters.number_of(arguments(n="10"), "n", 10) == 10
    assert parameters.number_of(arguments(), "n", 10) is None


def test_the_first_choice_is_the_default() -> None:
    assert parameters.format_of(arguments()) == "json"
    assert parameters.format_of(arguments(format="csv")) == "csv"
    assert field_refused(lambda: parameters.format_of(arguments(format="CSV"))) == "format"
