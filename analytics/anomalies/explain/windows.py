"""The usual windows of an incident: the same hours of other days; pure.

The same hours of the same day of the four weeks before; where fewer than two of these have data,
those of the seven days before too. Hours are those of the clocks of the app's users. A window that
touches the incident is not usual.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid

WEEKS, DAYS = 4, 7
DAY = timedelta(days=1)
MOST_DAYS = 7
LEAST_USUAL = 2


def explained(incident: TimeRange, days: int = 1) -> TimeRange:
    """The part of an incident that is explained: at most so many days, up to its end."""
    return TimeRange(max(incident.start, incident.end - days * DAY), incident.end)


def weeks_before(window: TimeRange, incident: TimeRange, zone: str) -> list[TimeRange]:
    """The same hours of the same day of earlier weeks, oldest first."""
    return _before(window, incident, zone, [7 * week for week in range(WEEKS, 0, -1)])


def days_before(window: TimeRange, incident: TimeRange, zone: str) -> list[TimeRange]:
    """The same hours of the days before, oldest first; none of what is longer than a day."""
    if window.length > DAY:
        return []
    return _before(window, incident, zone, range(DAYS, 0, -1))


def usual_of(
    weeks: Sequence[TimeRange], days: Sequence[TimeRange], with_data: Sequence[TimeRange]
) -> list[TimeRange]:
    """The windows to compare with, of those with data; none where nothing is usual yet."""
    of_weeks = [each for each in weeks if each in with_data]
    if len(of_weeks) >= LEAST_USUAL:
        return of_weeks
    both = {each.start: each for each in (*weeks, *days) if each in with_data}
    return [both[start] for start in sorted(both)]


def grid_of(windows: Sequence[TimeRange]) -> Grid:
    """Steps that contain each of these windows as one, and the gaps between them."""
    return Grid(tuple(sorted({edge for each in windows for edge in (each.start, each.end)})))


def steps_of(grid: Grid, windows: Sequence[TimeRange]) -> list[int]:
    """The number of the step that is each window. Raises `ValueError` for one that is none."""
    steps = [*pairwise(grid.edges)]
    return [steps.index((each.start, each.end)) for each in windows]


def _before(
    window: TimeRange, incident: TimeRange, zone: str, days: Sequence[int]
) -> list[TimeRange]:
    starts = [_earlier(window.start, number, ZoneInfo(zone)) for number in days]
    windows = [TimeRange(start, start + window.length) for start in starts]
    return [each for each in windows if each.end <= incident.start]


def _earlier(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of the clock some days before."""
    local = moment.astimezone(zone)
    return (local - timedelta(days=days)).astimezone(UTC)
