"""The steps in which two periods of one length are compared; pure."""

from dataclasses import dataclass
from datetime import timedelta

from analytics.query.arrays import Floats
from analytics.query.read_plan import ceil_to
from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid

MINUTE = timedelta(minutes=1)
# Of each: the step in which the ends of a run are then searched for.
FINER = {
    MINUTE: MINUTE,
    5 * MINUTE: 5 * MINUTE,
    15 * MINUTE: 15 * MINUTE,
    60 * MINUTE: 15 * MINUTE,
    timedelta(days=1): timedelta(hours=1),
    timedelta(days=7): timedelta(days=1),
}
MOST_STEPS = 48
MOST_WEEKS = 53


@dataclass(frozen=True, slots=True)
class Timetable:
    """`grid` has `steps` steps of the period before, one for a gap where there is one, and as many
    of the period itself; all but the gap are `step` long."""

    grid: Grid
    step: timedelta
    steps: int

    def before(self, series: Floats) -> Floats:
        """The steps of the period before, of an array (label sets, steps, ...)."""
        return series[:, : self.steps]

    def now(self, series: Floats) -> Floats:
        """The steps of the period itself."""
        return series[:, -self.steps :]

    def span(self, first: int, last: int) -> TimeRange:
        """From the beginning of step `first` to the end of step `last` of the period itself."""
        edges = self.grid.edges[-self.steps - 1 :]
        return TimeRange(edges[first], edges[last + 1])


def timetable(window: TimeRange, earlier: TimeRange) -> Timetable | None:
    """In steps on full minutes, hours or days of UTC, as cells have them; a first step that the
    range cuts is left out. `None` where less than two steps remain, and beyond a year."""
    longest = max(FINER)
    step = next((each for each in FINER if window.length <= each * MOST_STEPS), longest)
    start, start_before = ceil_to(window.start, step), ceil_to(earlier.start, step)
    steps = min((start - start_before) // step, -((start - window.end) // step))
    if not 2 <= steps <= MOST_WEEKS:
        return None
    edges = [start_before + step * number for number in range(steps + 1)]
    edges += [start + step * number for number in range(steps + 1)]
    return Timetable(Grid(tuple(dict.fromkeys(edges))), step, steps)
