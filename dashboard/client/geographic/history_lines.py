"""The lines of a metric in time, on steps of the range, and those of the period before; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.query.series_values import ComputedSeries
from analytics.ranges import zoned_steps
from analytics.reports.history_answers import History
from analytics.stats import percentile_lines
from analytics.stats.percentile_lines import PercentileLine
from dashboard.client.geographic.core.regions import Line


def series_of(history: History) -> ComputedSeries:
    """The only series of the history."""
    (series,) = history.series.values()
    return series


def line(history: History, starts: Sequence[datetime]) -> Line:
    """The values at `starts`; percentiles in steps with enough values to mean something."""
    computed, percentile = series_of(history), _percentile(history)
    if percentile is None:
        values: Mapping[datetime, float | None] = {at: each.value for at, each in computed.points}
    else:
        values = {at: percentile.value_at(at) for at, _ in computed.points}
    return [values.get(at) for at in starts]


def line_before(own: History, before: History | None, starts: Sequence[datetime]) -> Line:
    """The period before, shifted onto the steps of `own` that begin at `starts`; empty where it
    has no value at any of them."""
    if before is None:
        return ()
    shift = own.window.start - before.window.start
    grid = zoned_steps.grid_of(own.window, own.step, own.zone)
    middles = zoned_steps.middles_of(grid, starts)
    percentile = _percentile(own)
    earlier = _percentile(before, percentile.seconds if percentile else 0)
    if earlier is not None:
        moved = earlier.shifted(shift)
        values = [moved.value_at(at) for at in middles]
    else:
        values = _counted(before, [at - shift for at in middles])
    return values if any(value is not None for value in values) else ()


def _counted(history: History, instants: Sequence[datetime]) -> list[float | None]:
    """The values of the steps that the instants lie in."""
    grid = zoned_steps.grid_of(history.window, history.step, history.zone)
    points = series_of(history).points
    values = {zoned_steps.number_of(grid, at): each.value for at, each in points}
    return [values.get(zoned_steps.number_at(grid, at)) for at in instants]


def _percentile(history: History, least_seconds: int = 0) -> PercentileLine | None:
    series = series_of(history).series
    share, durations = series.formula.quantile, history.durations.get(series.name)
    if not share or durations is None:
        return None
    zone = ZoneInfo(history.zone)
    return percentile_lines.lines_of(durations, zone, [share], least_seconds)[share]
