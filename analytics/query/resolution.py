"""How finely a question is answered: the step of its series, and the longest cells it may use.

Short ranges are read by minutes, longer ones by hours, those with one dimension filtered sooner:
single values are kept by hours and days alone. Ranges read by hours are widened to whole ones, and
the answer says so by its own start and end. Two dimensions at once are counted from the reports for
two days and from whole days beyond, where percentiles are not to be had.
"""

from dataclasses import dataclass
from datetime import timedelta

from analytics.query.read_plan import DAY, HOUR, Coverage, Level, down, up
from analytics.ranges.steps import LADDER, SERVER_LADDER, Step, step_for
from analytics.ranges.timerange import TimeRange

FINE_FOR = timedelta(hours=48)
DIVIDED_FINE_FOR = timedelta(hours=6)
CROSS_NOTE = "percentiles are not available for this combination of filters beyond 48 h"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`is_crossed`: answered from counts by all dimensions at once, without durations."""

    window: TimeRange
    step: Step
    longest: Level
    is_crossed: bool = False


def resolution_of(
    window: TimeRange, divided: int, coverage: Coverage, least_seconds: float = 0
) -> Resolution:
    """For a range with `divided` dimensions filtered beside the app; no step below the least."""
    if divided > 1:
        return _crossed(window, coverage, least_seconds)
    fine_for = DIVIDED_FINE_FOR if divided else FINE_FOR
    since = coverage.minutes_from
    is_old = divided == 0 and since is not None and window.start < since
    if window.length <= fine_for and not is_old:
        return Resolution(window, step_for(window, LADDER, least_seconds), Level.MINUTE)
    wide = _widened(window, HOUR, coverage)
    step = step_for(wide, LADDER, max(least_seconds, HOUR.total_seconds()))
    return Resolution(wide, step, Level.DAY if step.seconds >= Level.DAY else Level.HOUR)


def server_resolution_of(window: TimeRange, coverage: Coverage, least_seconds: float) -> Resolution:
    """For what servers measured; steps below a minute are read from the samples themselves."""
    since = coverage.minutes_from
    if window.length <= FINE_FOR and not (since is not None and window.start < since):
        step = step_for(window, SERVER_LADDER, least_seconds)
        return Resolution(window, step, Level.MINUTE if step.seconds >= Level.MINUTE else Level.RAW)
    wide = _widened(window, HOUR, coverage)
    step = step_for(wide, SERVER_LADDER, max(least_seconds, HOUR.total_seconds()))
    return Resolution(wide, step, Level.DAY if step.seconds >= Level.DAY else Level.HOUR)


def _crossed(window: TimeRange, coverage: Coverage, least_seconds: float) -> Resolution:
    if window.length <= FINE_FOR:
        return Resolution(window, step_for(window, LADDER, least_seconds), Level.RAW)
    wide = _widened(window, DAY, coverage)
    step = step_for(wide, LADDER, max(least_seconds, DAY.total_seconds()))
    return Resolution(wide, step, Level.DAY, is_crossed=True)


def _widened(window: TimeRange, unit: timedelta, coverage: Coverage) -> TimeRange:
    """Whole units; the end stays where it is when it lies beyond what is settled."""
    end = up(window.end, unit)
    is_over = coverage.settled is not None and end <= coverage.settled
    return TimeRange(down(window.start, unit), end if is_over else window.end)
