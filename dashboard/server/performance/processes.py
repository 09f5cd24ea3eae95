"""Charts with a line per worker: event-loop lag, processor, memory, open files.

Of the five workers with most steps in the range the one with the highest peak is blue, the others
are grey.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from analytics.reports.performance import Process, ProcessPoint
from dashboard.charts import figures, log_axis, time_axis
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, duration_text, percent_text, plural, size_text
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import PerformanceData

MOST_LINES = 5
LONGEST_NAME = 14
MEASURED, OTHER = "--measured", "--c-other"
Value = Callable[[ProcessPoint], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: the value of each process, its unit and its formatting."""

    panel: Panel
    unit: str
    kind: str
    value: Value
    format_value: Callable[[float], str]
    least_top: float
    empty_text: str
    is_log: bool = False


LAG = Chart(
    panel=Panel(
        name="loop-lag",
        title="Event-loop lag",
        explain=(
            "loop_lag: how much later than scheduled a timer of 100 ms fires. While a worker's "
            "event loop is late, all its work is delayed. The axis is logarithmic."
        ),
        css_class="panel-third",
        has_chart=True,
    ),
    unit="ms, p99 per worker",
    kind="ms",
    value=lambda point: point.loop_lag_p99,
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
    value=lambda point: None if point.cpu is None else 100 * point.cpu,
    format_value=lambda value: percent_text(value / 100),
    least_top=10,
    empty_text="No worker reported processor time.",
)
MEMORY = Chart(
    panel=Panel(
        name="worker-memory",
        title="Memory",
        explain="memory_bytes: resident memory of a worker, the maximum of each step.",
        css_class="panel-third",
        has_chart=True,
    ),
    unit="MB, per worker",
    kind="number",
    value=lambda point: None if point.memory_bytes is None else point.memory_bytes / 1e6,
    format_value=lambda value: size_text(value * 1e6),
    least_top=10,
    empty_text="No worker reported its memory.",
)
DESCRIPTORS = Chart(
    panel=Panel(
        name="worker-descriptors",
        title="Open files",
        explain="descriptors: files and sockets a worker has open, the maximum of each step.",
        css_class="panel-third",
        has_chart=True,
    ),
    unit="open, per worker",
    kind="number",
    value=lambda point: point.descriptors,
    format_value=count,
    least_top=10,
    empty_text="No worker reported its open files.",
)


def renderer(chart: Chart) -> Callable[[PerformanceData], PanelContent]:
    """The function that renders this chart."""
    return lambda performance_data: _draw(chart, performance_data)


def _draw(chart: Chart, performance_data: PerformanceData) -> PanelContent:
    processes = performance_data.current.processes
    drawn = _longest_running(processes, chart.value)
    starts = sorted({point.t for process in drawn for point in process.points})
    columns = [_values(process, starts, chart.value) for process in drawn]
    plain = [time_axis.chart_time(t) for t in starts]
    steps = [round(t.timestamp() / performance_data.current.step_seconds) for t in starts]
    times, gapped = figures.with_gaps(plain, steps, columns)
    names = _names(drawn)
    lines = [
        _line(chart, name, values, is_first=index == 0)
        for index, (name, values) in enumerate(zip(names, gapped, strict=True))
    ][::-1]
    figure = figures.lines(
        times, lines, axis=performance_data.axis,
        least_top=chart.least_top,
    )  # fmt: skip
    return PanelContent(
        unit=chart.unit,
        body=log_axis.logarithmic(figure, lines) if chart.is_log else figure,
        label=f"{chart.panel.title} over time: {_peak(chart, names, columns)}.",
        foot=[_peak(chart, names, columns), _coverage_label(len(drawn), len(processes))],
        table=Table(
            [
                column("time", "Time", "time"),
                *(
                    column(process.id, name, chart.kind, OTHER if index else MEASURED)
                    for index, (process, name) in enumerate(zip(drawn, names, strict=True))
                ),
            ],
            [list(row) for row in zip(plain, *columns, strict=True)],
        ),
        is_empty=not drawn,
        empty_text=chart.empty_text,
    )


def _longest_running(processes: list[Process], value: Value) -> list[Process]:
    """At most five processes with most values, the one with the highest peak first."""
    measured = [(_measured_values(process, value), process) for process in processes]
    longest = sorted((pair for pair in measured if pair[0]), key=lambda pair: -len(pair[0]))
    highest = sorted(longest[:MOST_LINES], key=lambda pair: -max(pair[0]))
    return [process for _, process in highest]


def _measured_values(process: Process, value: Value) -> list[float]:
    return [measured for point in process.points if (measured := value(point)) is not None]


def _values(process: Process, starts: list[datetime], value: Value) -> list[float | None]:
    values_by_time = {point.t: value(point) for point in process.points}
    return [values_by_time.get(t) for t in starts]


def _names(processes: list[Process]) -> list[str]:
    """The pid of each process, with its node where pids are not unique."""
    parts = [process.id.split(":") for process in processes]
    short = [part[min(1, len(part) - 1)] for part in parts]
    clear = len(set(short)) == len(short)
    names = short if clear else [" · ".join(part[:2]) for part in parts]
    return [name[:LONGEST_NAME] for name in names]


def _line(chart: Chart, name: str, values: list[float | None], *, is_first: bool) -> Line:
    last = next((value for value in reversed(values) if value is not None), None)
    label = f"{name} {chart.format_value(last)}" if last is not None else ""
    return Line(
        name=name,
        values=values,
        color=MEASURED if is_first else OTHER,
        width=2 if is_first else 1.25,
        label=html.escape(label),
    )


def _peak(chart: Chart, names: list[str], columns: list[list[float | None]]) -> str:
    if not names:
        return "none"
    most = max(value for value in columns[0] if value is not None)
    return f"highest {chart.format_value(most)} on {names[0]}"


def _coverage_label(drawn: int, running: int) -> str:
    if drawn == running:
        return plural(drawn, "worker")
    return f"{drawn} of {plural(running, 'worker')}, the longest running"
