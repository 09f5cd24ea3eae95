"""The lines of a series over the range and before it, at steps of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.query.series import PERCENTILES, Series
from analytics.query.series_values import ComputedSeries
from analytics.ranges import zoned_steps
from analytics.reports.history_answers import History
from analytics.stats import percentile_lines
from analytics.stats.percentile_lines import PercentileLine
from dashboard.charts import figures, percentile_notes
from dashboard.charts.time_axis import TimeAxis

from .data import HistoryData


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """`values` are by the start of each step of the range that has one; `times` and `drawn` are
    those of the figure. `percentile` has steps of its own; when it is left out, the values are
    those of each step."""

    values: Mapping[datetime, float | None]
    times: Sequence[str]
    drawn: Sequence[float | None]
    percentile: PercentileLine | None = None

    @property
    def last(self) -> float | None:
        """The last value drawn."""
        return next((value for value in reversed(self.drawn) if value is not None), None)

    def has_steps_of(self, other: "SeriesLine") -> bool:
        """Whether there is nothing to be said of its steps beside those of `other`."""
        if self.percentile is None or other.percentile is None:
            return True
        return self.percentile.steps_like(other.percentile)


def current(history_data: HistoryData, computed: ComputedSeries) -> SeriesLine:
    """The line of a series over the range."""
    percentile = _percentile(history_data, history_data.history, computed.series)
    axis = _axis(history_data, computed)
    values = [value.value for _, value in computed.points]
    if percentile is None:
        return _of_values(axis, values)
    if percentile.is_left_out:
        return SeriesLine(dict(zip(axis.starts, values, strict=True)), [], [], percentile)
    return _of_percentile(percentile, axis, axis.starts)


def before(history_data: HistoryData, computed: ComputedSeries, now: SeriesLine) -> SeriesLine:
    """The line of the period before, shifted onto the range; empty without one."""
    earlier, history = history_data.earlier(computed.series), history_data.before
    axis = _axis(history_data, computed)
    if earlier is None or history is None:
        return _of_values(axis, [None] * len(axis.starts))
    shift = history_data.history.window.start - history.window.start
    least_seconds = now.percentile.seconds if now.percentile else 0
    percentile = _percentile(history_data, history, computed.series, least_seconds)
    if percentile is not None:
        return _of_percentile(percentile.shifted(shift), axis, axis.middles)
    grid = zoned_steps.grid_of(history.window, history.step, history.zone)
    values = {zoned_steps.number_of(grid, at): value.value for at, value in earlier.points}
    numbers = (zoned_steps.number_at(grid, at - shift) for at in axis.middles)
    return _of_values(axis, [values.get(number) for number in numbers])


def notes(lines: Mapping[str, SeriesLine]) -> str:
    """What is to be said of the steps of lines, by their names."""
    return percentile_notes.notes(
        (name, line.percentile) for name, line in lines.items() if line.percentile
    )


def _percentile(
    history_data: HistoryData, history: History, series: Series, least_seconds: int = 0
) -> PercentileLine | None:
    durations = history.durations.get(series.name)
    if durations is None:
        return None
    share = PERCENTILES[series.aggregation]
    lines = percentile_lines.lines_of(durations, history_data.zone, [share], least_seconds)
    return lines[share]


def _axis(history_data: HistoryData, computed: ComputedSeries) -> TimeAxis:
    """The steps that a series has values of."""
    return replace(history_data.axis, starts=[at for at, _ in computed.points])


def _of_values(axis: TimeAxis, values: Sequence[float | None]) -> SeriesLine:
    times, (drawn,) = figures.with_gaps(axis.times, axis.steps, [values])
    return SeriesLine(dict(zip(axis.starts, values, strict=True)), times, drawn)


def _of_percentile(
    line: PercentileLine, axis: TimeAxis, instants: Sequence[datetime]
) -> SeriesLine:
    """`instants` lie in the step of each start."""
    values = {start: line.value_at(at) for start, at in zip(axis.starts, instants, strict=True)}
    return SeriesLine(values, *percentile_notes.drawn(line.runs), line)
