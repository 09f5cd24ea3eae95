"""Steps that divide the days of a time zone, over changes of its clock; pure.

Steps of three hours and more keep to the clock on the wall: one of them is an hour shorter or
longer on the day of a change. Steps of an hour are always one hour long.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from analytics.ranges.steps import ORIGIN, Step
from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid

HOUR, DAY = 3600, 86400
WALL_CLOCK_FROM = 3 * HOUR


def grid_of(window: TimeRange, step: Step, zone: str = "UTC") -> Grid:
    """The steps that cover `window`: multiples of an hour divide the days of `zone`."""
    if zone == "UTC" or step.seconds % HOUR:
        first = (window.start - ORIGIN) // timedelta(seconds=step.seconds)
        start = ORIGIN + first * timedelta(seconds=step.seconds)
        return Grid.uniform(start, step.seconds, step.points(window))
    edges = sorted(set(_edges(window, step.seconds, ZoneInfo(zone))))
    first = max(index for index, edge in enumerate(edges) if edge <= window.start)
    last = min(index for index, edge in enumerate(edges) if edge >= window.end)
    return Grid(tuple(edges[first : last + 1]))


def number_of(grid: Grid, start: datetime) -> int:
    """The number of the step that begins at `start`, or up to an hour later: within an hour whose
    minutes were dropped edges are moved to its start."""
    return bisect_left(grid.edges, start)


def number_at(grid: Grid, at: datetime) -> int:
    """The number of the step that an instant lies in; -1 before the first."""
    return bisect_right(grid.edges, at) - 1


def middles(grid: Grid) -> list[datetime]:
    """The middle of each step: on the day of a clock change a step begins beside the one that it is
    compared with, and most of it lies within."""
    return [start + (end - start) / 2 for start, end in pairwise(grid.edges)]


def middles_of(grid: Grid, starts: Iterable[datetime]) -> list[datetime]:
    """The middles of the steps that begin at `starts`."""
    of_steps = middles(grid)
    return [of_steps[number_of(grid, start)] for start in starts]


def _edges(window: TimeRange, seconds: int, zone: ZoneInfo) -> Iterator[datetime]:
    """Edges of steps from before the start to after the end."""
    days = max(1, seconds // DAY)
    margin = timedelta(days=days + 1)
    first = (window.start - margin).astimezone(zone).date()
    first -= timedelta(days=(first - ORIGIN.date()).days % days)
    last = (window.end + margin).astimezone(zone).date()
    for number in range(0, (last - first).days + 1, days):
        yield from _edges_of_day(first + timedelta(days=number), seconds, zone)


def _edges_of_day(day: date, seconds: int, zone: ZoneInfo) -> Iterator[datetime]:
    midnight = _instant(day, 0, zone)
    if seconds >= DAY:
        yield midnight
    elif seconds >= WALL_CLOCK_FROM:
        for second in range(0, DAY, seconds):
            yield _instant(day, second, zone)
    else:
        length = (_instant(day + timedelta(days=1), 0, zone) - midnight).total_seconds()
        for second in range(0, int(length), seconds):
            yield midnight + timedelta(seconds=second)


def _instant(day: date, second: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time(), zone) + timedelta(seconds=second)
    return wall.astimezone(UTC)
