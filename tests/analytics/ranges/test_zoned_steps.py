"""Steps of local days: no gap, on the clock on the wall, over changes of the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges.app_zones import zone_of
from analytics.ranges.steps import LADDER, ORIGIN, Step
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of
from models.metrics.grid import Grid

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = Step("day", 86400)
# Sao Paulo's clock went forward at midnight until 2018, Lord Howe's changes by half an hour.
zones = st.sampled_from(
    ["UTC", "America/Sao_Paulo", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe"]
)
changes = st.sampled_from(
    [
        datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    ]
)  # fmt: skip
seconds = st.integers(1, 5 * 86400).map(lambda number: timedelta(seconds=number))
windows = st.builds(
    lambda change, before, after: TimeRange(change - before, change + after),
    changes, seconds, seconds,
)  # fmt: skip


def lengths(grid: Grid) -> list[timedelta]:
    return [end - start for start, end in pairwise(grid.edges)]


@given(windows, st.sampled_from(LADDER), zones)
def test_steps_ascend_without_a_gap_and_just_cover_the_range(
    window: TimeRange, step: Step, zone: str
) -> None:
    grid = grid_of(window, step, zone)
    assert all(length > timedelta() for length in lengths(grid))
    assert grid.edges[0] <= window.start < grid.edges[1]
    assert grid.edges[-2] < window.end <= grid.edges[-1]
    if grid.seconds:
        assert {*lengths(grid)} == {timedelta(seconds=grid.seconds)}


@given(windows, st.sampled_from([step for step in LADDER if step.seconds >= 10800]), zones)
def test_steps_of_three_hours_and_more_keep_to_the_clock_on_the_wall(
    window: TimeRange, step: Step, zone: str
) -> None:
    for edge in grid_of(window, step, zone).edges:
        wall = edge.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
        late = (wall - ORIGIN) % timedelta(seconds=step.seconds)
        # What the clock skips begins when the clock goes on.
        assert (
            late == timedelta()
            or (edge - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset()
            != edge.astimezone(ZoneInfo(zone)).utcoffset()
        )


@given(windows, zones)
def test_steps_of_an_hour_begin_with_the_local_day(window: TimeRange, zone: str) -> None:
    edges = grid_of(window, Step("hour", 3600), zone).edges
    days = grid_of(window, DAILY, zone).edges
    assert all(day in edges for day in days if edges[0] <= day <= edges[-1])
    assert all(length <= HOUR for length in lengths(Grid(edges)))


@pytest.mark.parametrize(
    ("zone", "month", "day", "hours"),
    [
        ("Europe/Berlin", 3, 29, 23), ("Europe/Berlin", 10, 25, 25), ("Europe/Berlin", 3, 30, 24),
        ("Australia/Lord_Howe", 4, 5, 24.5), ("Australia/Lord_Howe", 10, 4, 23.5),
        ("Asia/Kolkata", 3, 29, 24), ("America/Sao_Paulo", 3, 29, 24),
    ],
)  # fmt: skip
def test_a_day_of_a_change_is_shorter_or_longer(
    zone: str, month: int, day: int, hours: float
) -> None:
    noon = datetime(2026, month, day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    grid = grid_of(TimeRange(noon, noon + HOUR), DAILY, zone)
    assert lengths(grid) == [timedelta(hours=hours)]


def test_steps_below_an_hour_do_not_depend_on_the_zone() -> None:
    window = TimeRange(ORIGIN + HOUR, ORIGIN + DAY)
    assert grid_of(window, LADDER[0], "Asia/Kolkata") == grid_of(window, LADDER[0])


def test_apps_of_several_zones_are_divided_by_utc() -> None:
    zone_names = (("portal", "Europe/Berlin"), ("*", "America/Sao_Paulo"))
    assert [zone_of(zone_names, apps) for apps in ((), ("portal",), ("kiosk",))] == [
        "America/Sao_Paulo", "Europe/Berlin", "America/Sao_Paulo",
    ]  # fmt: skip
    assert zone_of(zone_names, ("portal", "kiosk")) == "UTC"
    assert zone_of((), ("portal",)) == "UTC"
