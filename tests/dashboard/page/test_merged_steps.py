"""Bars of natural lengths: none is lost, and they begin at round times of the page's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting.numbers import THIN
from analytics.ranges.steps import SERVER_LADDER, step_for
from analytics.ranges.timerange import TimeRange
from dashboard.page.merged_steps import bar_counts
from tests.support.clock import NOON
from tests.support.pages.client_figures import a_point, a_summary, overview_data

ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"]
YEARS = (datetime(2020, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
instants = st.datetimes(*YEARS, timezones=st.just(UTC))


@given(
    st.lists(st.integers(0, 9), max_size=40), st.integers(1, 60), st.sampled_from(ZONES),
    st.sampled_from([step.seconds for step in SERVER_LADDER]), instants,
)  # fmt: skip
def test_merged_bars_neither_lose_nor_invent_counts(
    drops: list[int], most_bars: int, zone: str, step_seconds: int, start: datetime
) -> None:
    first = datetime.fromtimestamp(start.timestamp() // step_seconds * step_seconds, UTC)
    steps = [first + timedelta(seconds=step_seconds * index) for index in range(len(drops))]
    summary = a_summary(
        start=first, end=first + timedelta(seconds=step_seconds * 40), step_seconds=step_seconds,
        series=[a_point(0, t=at, drops=n) for at, n in zip(steps, drops, strict=True)],
    )  # fmt: skip
    bars = bar_counts(overview_data(summary, zone=zone), ("drops",), most_bars)
    assert sum(bars.counts["drops"]) == sum(drops)
    assert bars.starts == sorted(set(bars.starts))


@pytest.mark.parametrize(
    ("zone", "step_seconds", "start"),
    [
        ("Europe/Berlin", 3600, "2026-03-02 00:00"),
        ("Asia/Kolkata", 1800, "2026-03-02 12:00"),
        ("Asia/Kolkata", 3600, "2026-03-02 05:30"),  # its clock does not fall on whole steps
        ("Europe/Berlin", 10_800, "2026-03-02 01:00"),
    ],
)
def test_bars_begin_on_the_clock_of_the_zone_where_steps_do(
    zone: str, step_seconds: int, start: str
) -> None:
    summary = a_summary(
        start=NOON - timedelta(days=30), step_seconds=step_seconds,
        series=[a_point(0, t=NOON - timedelta(hours=3))],
    )  # fmt: skip
    bars = bar_counts(overview_data(summary, zone=zone), ("drops",))
    assert bars.seconds == 12 * 3600
    assert f"{bars.starts[0].astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == start


@pytest.mark.parametrize(
    ("days", "most_bars", "per_bar"),
    [(30, 30, "daily"), (30, 60, "per 12 h"), (7, 60, "per 3 h"), (1, 30, "hourly")],
)
def test_a_range_cut_by_its_ends_has_the_bars_of_a_full_range(
    days: int, most_bars: int, per_bar: str
) -> None:
    end = NOON + timedelta(minutes=47)
    step_seconds = step_for(TimeRange(end - timedelta(days=days), end)).seconds
    summary = a_summary(
        start=end - timedelta(days=days, seconds=step_seconds), end=end, series=[],
        step_seconds=step_seconds,
    )  # fmt: skip
    bars = bar_counts(overview_data(summary), ("drops",), most_bars)
    assert bars.per_bar.replace(THIN, " ") == per_bar
