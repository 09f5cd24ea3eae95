"""Charts with a line per worker: event-loop lag, processor, memory, open files.

Of the five workers with most steps in the range the one with the highest peak is blue, the others
are grey.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.ranges import zoned_steps
from analytics.reports.performance import Process, ProcessPoint
from analytics.stats import percentile_lines
from analytics.stats.percentile_lines import P99, PercentileLine, Percentiles
from dashboard.charts import figures, log_axis, percentile_notes, time_axis
from dashboard.charts.annotations import Line
from dashboard.charts.time_axis import TimeAxis
from dashboard.core.numbers import count, duration_text, percent_text, plural, size_text
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

from .data import PerformanceData

MOST_LINES = 5
LONGEST_NAME = 14
MEASURED, OTHER = "--measured", "--c-other"
Value = Callable[[ProcessPoint], float | None]


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """The line of a process: its value at the start of each step that has one. `percentile` is that
    drawn, in steps of its own length; when it is left out, the values are those of each step."""

    process: Process
    values: Mapping[datetime, float]
    percentile: PercentileLine | None = None


ReadLine = Callable[[Process, ZoneInfo], WorkerLine]


def measured(value: Value) -> ReadLine:
    """The line of a value that each step has."""

    def read(process: Process, _zone: ZoneInfo) -> WorkerLine:
        values = {point.t: v for point in process.points if (v := value(point)) is not None}
        return WorkerLine(process, values)

    return read


def lag_line(process: Process, zone: ZoneInfo) -> WorkerLine:
    """The line of p99 of the event-loop lag."""
    lines = percentile_lines.lines_of(process.loop_lag, zone, [P99])
    lags = Percentiles(process.loop_lag, lines)
    starts = [point.t for point in process.points]
    values = zip(starts, lags.values_at(P99, starts), strict=True)
    return WorkerLine(process, {start: v for start, v in values if v is not None}, lines[P99])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: the line of each process, its unit and its formatting."""

    panel: Panel
    unit: str
    kind: str
    read: ReadLine
    format_value: Callable[[float], str]
    least_top: float
    empty_text: str
    is_log: bool = False


LAG = Chart(
    panel=Panel(
        name="loop-lag",
        title=SERVER_METRICS["loop_lag"].label,
        explain=(
            "loop_lag: how much later than scheduled a timer of 100 ms fires. While a worker's "
            "event loop is late, all its work is delayed. The axis is logarithmic. "
            f"{percentile_notes.RULE}"
        ),
        css_class="panel-third",
        has_chart=True,
    ),
    unit="ms, p99 per worker",
    kind="ms",
    read=lag_line,
    format_value=duration_text,
    least_top=1,
    empty_text="No worker reported event-loop lag.",
    is_log=True,
)
CPU = Chart(
    panel=Panel(
        name="worker-cpu",
        title="CPU",
        explain="cpu_ms: processor time of a worker as a share of one core; 100 % is saturation.",
        css_class="panel-third",
        has_chart=True,
    ),
    unit="% of a core, per worker",
    kind="number",
    read=measured(lambda point: None if point.cpu is None else 100 * point.cpu),
    format_value=lambda value: percent_text(value / 100),
    least_top=10,
    empty_text="No worker reported processor time.",
)
MEMORY = Chart(
    panel=Panel(
        name="worker-memory",
        title=SERVER_METRICS["memory_bytes"].label,
        explain="memory_bytes: resident memory of a worker, the maximum of each step.",
        css_class="panel-third",
        has_chart=True,
    ),
    unit="MB, per worker",
    kind="number",
    read=measured(lambda p: None if p.memory_bytes is None else p.memory_bytes / 1e6),
    format_value=lambda value: size_text(value * 1e6),
    least_top=10,
    empty_text="No worker reported its memory.",
)
DESCRIPTORS = Chart(
    panel=Panel(
        name="worker-descriptors",
        title=SERVER_METRICS["descriptors"].label,
        explain="descriptors: files and sockets a worker has open, the maximum of each step.",
        css_class="panel-third",
        has_chart=True,
    ),
    unit="open, per worker",
    kind="number",
    read=measured(lambda point: point.descriptors),
    format_value=count,
    least_top=10,
    empty_text="No worker reported its open files.",
)


def renderer(chart: Chart) -> Callable[[PerformanceData], PanelContent]:
    """The function that renders this chart."""
    return lambda performance_data: _draw(chart, performance_data)


def _draw(chart: Chart, performance_data: PerformanceData) -> PanelContent:
    processes = performance_data.current.processes
    read = [chart.read(process, performance_data.zone) for process in processes]
    drawn = _longest_running(read)
    names = _names([line.process for line in drawn])
    starts = sorted({point.t for line in drawn for point in line.process.points})
    columns = [[line.values.get(start) for start in starts] for line in drawn]
    times = [time_axis.chart_time(start) for start in starts]
    lines = [
        _line(chart, name, line, performance_data.axis, is_first=index == 0)
        for index, (name, line) in enumerate(zip(names, drawn, strict=True))
    ][::-1]
    figure = figures.lines(times, lines, axis=performance_data.axis, least_top=chart.least_top)
    peak = _peak(chart, names, drawn)
    return PanelContent(
        unit=chart.unit,
        body=percentile_notes.explained(
            log_axis.logarithmic(figure, lines) if chart.is_log else figure,
            (line.percentile for line in drawn),
        ),
        label=f"{chart.panel.title} over time: {peak}.",
        foot=[peak, _notes(drawn) or _coverage_label(len(drawn), len(processes))],
        table=Table(
            [
                column("time", "Time", "time"),
                *(
                    column(line.process.id, name, chart.kind, OTHER if index else MEASURED)
                    for index, (line, name) in enumerate(zip(drawn, names, strict=True))
                ),
            ],
            [list(row) for row in zip(times, *columns, strict=True)],
        ),
        is_empty=not drawn,
        empty_text=chart.empty_text,
    )


def _longest_running(lines: list[WorkerLine]) -> list[WorkerLine]:
    """At most five processes with most values, the one with the highest peak first."""
    longest = sorted((each for each in lines if each.values), key=lambda each: -len(each.values))
    return sorted(longest[:MOST_LINES], key=lambda each: -max(each.values.values()))


def _notes(lines: list[WorkerLine]) -> str:
    return percentile_notes.notes(("p99", line.percentile) for line in lines if line.percentile)


def _names(processes: list[Process]) -> list[str]:
    """The pid of each process, with its node where pids are not unique."""
    parts = [process.id.split(":") for process in processes]
    short = [part[min(1, len(part) - 1)] for part in parts]
    clear = len(set(short)) == len(short)
    names = short if clear else [" · ".join(part[:2]) for part in parts]
    return [name[:LONGEST_NAME] for name in names]


def _line(chart: Chart, name: str, line: WorkerLine, axis: TimeAxis, *, is_first: bool) -> Line:
    times, values = _times_and_values(line, axis)
    label = f"{name} {chart.format_value(_last(line))}"
    return Line(
        name=name,
        times=times,
        values=values,
        color=MEASURED if is_first else OTHER,
        width=2 if is_first else 1.25,
        label=html.escape(label),
    )


def _times_and_values(line: WorkerLine, axis: TimeAxis) -> tuple[list[str], list[float | None]]:
    if line.percentile is not None:
        return percentile_notes.drawn(line.percentile.runs)
    times, (values,) = figures.with_gaps(
        [time_axis.chart_time(start) for start in line.values],
        [zoned_steps.number_of(axis.grid, start) for start in line.values],
        [list(line.values.values())],
    )
    return times, values


def _last(line: WorkerLine) -> float:
    return list(line.values.values())[-1]


def _peak(chart: Chart, names: list[str], drawn: list[WorkerLine]) -> str:
    if not drawn:
        return "none"
    return f"highest {chart.format_value(max(drawn[0].values.values()))} on {names[0]}"


def _coverage_label(drawn: int, running: int) -> str:
    if drawn == running:
        return plural(drawn, "worker")
    return f"{drawn} of {plural(running, 'worker')}, the longest running"
