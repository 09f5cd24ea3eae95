"""The data of a page: steps, comparison, freshness."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from analytics.reports.client_answers import Summary
from dashboard.core.url_state import View
from dashboard.page import freshness
from dashboard.page.data import over_range, shifted
from tests.support.clock import NOON
from tests.support.pages.client_figures import a_point, a_summary, overview_data
from tests.support.pages.components import components_of, text_of, texts_of


@pytest.mark.parametrize(
    ("resolution", "label", "per_step"),
    [
        ("5 seconds", "5 s", "per 5 s"),
        ("minute", "1 min", "per minute"),
        ("15 minutes", "15 min", "per 15 min"),
        ("hour", "1 h", "hourly"),
        ("day", "day", "daily"),
        ("week", "week", "weekly"),
        ("4 weeks", "4 weeks", "per 4 weeks"),
    ],
)
def test_a_step_is_named_in_short_and_as_a_rate(resolution: str, label: str, per_step: str) -> None:
    page_data = overview_data(a_summary(resolution=resolution))
    assert text_of(page_data.resolution) == label
    assert text_of(page_data.per_step) == per_step


def test_every_step_of_the_range_has_a_value_or_none() -> None:
    summary = a_summary(series=[a_point(0, drops=3), a_point(55, drops=4)])
    assert over_range(summary, lambda p: p.drops) == [3, *[None] * 10, 4]
    assert over_range(a_summary(series=[]), lambda p: p.drops) == []
    assert over_range(None, lambda p: p.drops) == []


@given(st.integers(1, 40))
def test_a_series_shifted_onto_itself_is_itself(weeks: int) -> None:
    shift = timedelta(weeks=weeks)
    now = a_summary(series=[a_point(0, drops=3), a_point(10, drops=4)])
    before = a_summary(
        start=now.start - shift, end=now.end - shift,
        series=[a_point(-60 * 24 * 7 * weeks + minute, drops=minute) for minute in (0, 5, 10)],
    )  # fmt: skip
    assert shifted(now, before, lambda p: p.drops) == [0, 10]
    assert shifted(now, None, lambda p: p.drops) is None


def days_of(zone: str, first: datetime, days: int) -> Summary:
    """Local days of a zone, each with as many drops as its date says."""
    start = first.replace(tzinfo=ZoneInfo(zone))
    starts = [start + timedelta(days=number) for number in range(days + 1)]
    series = [a_point(0, t=at.astimezone(UTC), drops=at.day) for at in starts[:-1]]
    return a_summary(
        start=starts[0].astimezone(UTC), end=starts[-1].astimezone(UTC), zone=zone,
        resolution="day", step_seconds=86_400, series=series,
    )  # fmt: skip


ZONES = ["Pacific/Auckland", "Asia/Kolkata", "Europe/Berlin", "Pacific/Apia", "UTC"]
mornings = st.dates(date(2026, 2, 20), date(2026, 11, 10)).map(
    lambda day: datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local to each zone
)


@given(st.sampled_from(ZONES), mornings, st.integers(1, 14))
def test_steps_of_local_days_are_numbered_without_a_gap(
    zone: str, first: datetime, days: int
) -> None:
    summary = days_of(zone, first, days)
    numbers = overview_data(summary).axis.steps
    assert [later - earlier for earlier, later in pairwise(numbers)] == [1] * (days - 1)
    drops = [point.drops for point in summary.series]
    assert over_range(summary, lambda p: p.drops) == drops


@given(st.sampled_from(ZONES), mornings, st.integers(1, 14))
def test_the_period_before_lies_on_its_own_days_also_over_a_change_of_the_clock(
    zone: str, first: datetime, days: int
) -> None:
    before = days_of(zone, first, days)
    now = days_of(zone, first + timedelta(days=days), days)
    assert shifted(now, before, lambda p: p.drops) == [point.drops for point in before.series]


def test_the_comparison_is_named_by_the_view() -> None:
    assert overview_data(a_summary()).compared_to == "the previous period"
    assert overview_data(a_summary(), view=View(compare="week")).compared_to == "a week earlier"
    assert not overview_data(a_summary()).has_before
    assert overview_data(a_summary(), a_summary()).has_before


def status_of_a_page(**view: Any) -> list[Component]:
    page_data = overview_data(a_summary(), zone="Europe/Berlin", view=View(**view))
    filters = page_data.view.client_filters().active()
    return freshness.layout(page_data, "as of now", "/api/x", filters, ("sessions",))


def test_a_download_has_the_range_and_the_filters_of_the_page_and_times_for_spreadsheets() -> None:
    parts = status_of_a_page(filters={"app": "a&format=json#<b>"})
    ends = "start=2026-03-02T11%3A00%3A00Z&end=2026-03-02T12%3A00%3A00Z"
    local, app = "&times=local&tz=Europe%2FBerlin", "&app=a%26format%3Djson%23%3Cb%3E"
    assert [entry.href for entry in components_of(parts, "entry")] == [
        f"/api/x?{ends}{local}&format=csv{app}",
        f"/api/ws/export/sessions.csv?{ends}{local}{app}",
        f"/api/x?{ends}&format=csv{app}",
        f"/api/ws/export/sessions.csv?{ends}{app}",
    ]
    assert "Times of Europe/Berlin, for spreadsheets" in texts_of(parts, "sheet-title")


def test_a_copied_link_moves_with_the_clock_or_keeps_this_very_range() -> None:
    fixed = "?start=2026-03-02T11%3A00%3A00Z&end=2026-03-02T12%3A00%3A00Z"
    very_range = "Keep this very range: 2 Mar 12:00 to 13:00"
    assert copied_links(status_of_a_page(preset="last-week")) == {
        "Last week, whenever it is opened": "?range=last-week", very_range: fixed,
    }  # fmt: skip
    ends = {"start": NOON - timedelta(hours=1), "end": NOON}
    assert copied_links(status_of_a_page(**ends)) == {very_range: fixed}


def copied_links(parts: list[Component]) -> dict[str, str]:
    """The addresses by the texts of the buttons that copy them."""
    buttons = components_of(parts, "button")
    return {each.children: getattr(each, "data-search") for each in buttons}


def test_events_are_marked_in_utc_and_ticks_are_local() -> None:
    page_data = overview_data(a_summary(), zone="Asia/Kolkata")
    event = SimpleNamespace(at=NOON.astimezone(ZoneInfo("Asia/Kolkata")), title="release")
    object.__setattr__(page_data, "events", [event])
    assert page_data.marks == [("2026-03-02 12:00:00", "release")]
    assert page_data.axis.limits == ("2026-03-02 11:00:00", "2026-03-02 12:00:00")
    assert page_data.axis.ticks[0] == ("2026-03-02 11:00:00", "16:30<br>Mon 2 Mar")
