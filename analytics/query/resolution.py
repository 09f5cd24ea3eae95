"""The resolution of a query: the step of its series and the longest cells it may use.

Ranges up to 48 h are read by minutes, longer ones by hours; with one dimension filtered from 6 h
on, as cells by dimension are stored for hours and days only. Ranges read by hours are widened to
full hours, as `start` and `end` of the result say. Two filtered dimensions are counted from raw
reports up to 48 h and from the daily cube beyond, without percentiles.
"""

from dataclasses import dataclass
from datetime import timedelta

from analytics.query.read_plan import DAY, HOUR, CellLength, Coverage, ceil_to, floor_to
from analytics.ranges.steps import LADDER, SERVER_LADDER, Step, step_for
from analytics.ranges.timerange import TimeRange

FINE_FOR = timedelta(hours=48)
FILTERED_FINE_FOR = timedelta(hours=6)
CUBE_NOTE = "percentiles are not available for this combination of filters beyond 48 h"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`uses_cube`: read from daily counts by all dimensions at once, without durations."""

    window: TimeRange
    step: Step
    longest: CellLength
    uses_cube: bool = False


def resolution_of(
    window: TimeRange, filter_count: int, coverage: Coverage, least_seconds: float = 0
) -> Resolution:
    """With `filter_count` dimensions filtered besides the app; no step below `least_seconds`."""
    if filter_count > 1:
        return _cube_resolution(window, coverage, least_seconds)
    fine_for = FILTERED_FINE_FOR if filter_count else FINE_FOR
    since = coverage.minutes_from
    is_old = filter_count == 0 and since is not None and window.start < since
    if window.length <= fine_for and not is_old:
        return Resolution(window, step_for(window, LADDER, least_seconds), CellLength.MINUTE)
    widened = _widened(window, HOUR, coverage)
    step = step_for(widened, LADDER, max(least_seconds, HOUR.total_seconds()))
    return Resolution(
        widened, step, CellLength.DAY if step.seconds >= CellLength.DAY else CellLength.HOUR
    )


def server_resolution_of(window: TimeRange, coverage: Coverage, least_seconds: float) -> Resolution:
    """For server samples; steps below a minute are read from raw samples."""
    since = coverage.minutes_from
    if window.length <= FINE_FOR and not (since is not None and window.start < since):
        step = step_for(window, SERVER_LADDER, least_seconds)
        return Resolution(
            window, step, CellLength.MINUTE if step.seconds >= CellLength.MINUTE else CellLength.RAW
        )
    widened = _widened(window, HOUR, coverage)
    step = step_for(widened, SERVER_LADDER, max(least_seconds, HOUR.total_seconds()))
    return Resolution(
        widened, step, CellLength.DAY if step.seconds >= CellLength.DAY else CellLength.HOUR
    )


def _cube_resolution(window: TimeRange, coverage: Coverage, least_seconds: float) -> Resolution:
    if window.length <= FINE_FOR:
        return Resolution(window, step_for(window, LADDER, least_seconds), CellLength.RAW)
    widened = _widened(window, DAY, coverage)
    step = step_for(widened, LADDER, max(least_seconds, DAY.total_seconds()))
    return Resolution(widened, step, CellLength.DAY, uses_cube=True)


def _widened(window: TimeRange, unit: timedelta, coverage: Coverage) -> TimeRange:
    """Widened to full units; the end is left alone when its unit is not complete."""
    end = ceil_to(window.end, unit)
    is_complete = coverage.complete_until is not None and end <= coverage.complete_until
    return TimeRange(floor_to(window.start, unit), end if is_complete else window.end)
