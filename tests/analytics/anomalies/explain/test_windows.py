"""Which hours an incident is compared with."""

from datetime import UTC, datetime, timedelta

from analytics.anomalies.explain.windows import (
    days_before,
    explained,
    grid_of,
    steps_of,
    usual_of,
    weeks_before,
)
from analytics.ranges.timerange import TimeRange

START = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOW = TimeRange(START, START + HOUR)


def test_weeks_before_have_the_same_hours_of_the_clock() -> None:
    weeks = weeks_before(WINDOW, WINDOW, "Europe/Berlin")
    assert [START - each.start for each in weeks] == [
        days * DAY - HOUR for days in (28, 21, 14, 7)
    ]  # clocks went forward on 29 March
    assert {each.length for each in weeks} == {HOUR}


def test_of_a_long_incident_the_last_day_is_explained_and_none_of_it_is_usual() -> None:
    incident = TimeRange(START - 8 * DAY, START)
    window = explained(incident)
    assert (window.length, window.end) == (DAY, START)
    assert days_before(window, incident, "UTC") == []
    assert len(weeks_before(window, incident, "UTC")) == 3
    assert explained(WINDOW) == WINDOW


def test_days_are_compared_where_there_are_no_two_weeks_yet() -> None:
    weeks, days = (each(WINDOW, WINDOW, "UTC") for each in (weeks_before, days_before))
    assert usual_of(weeks, days, [*weeks, *days]) == weeks
    assert usual_of(weeks, days, days) == days
    assert usual_of(weeks, days, [WINDOW]) == []


def test_windows_are_steps_of_a_grid_with_gaps_between_them() -> None:
    windows = [*weeks_before(WINDOW, WINDOW, "UTC"), WINDOW]
    grid = grid_of(windows)
    assert grid.steps == 9
    assert steps_of(grid, windows) == [0, 2, 4, 6, 8]
