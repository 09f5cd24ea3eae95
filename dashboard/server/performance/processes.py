"""Charts with a line for each worker: lag of the event loop, processor, memory, descriptors.

Of the five workers that were there longest the one with the highest peak is blue, the others are
grey: one colour, one question.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from analytics.reports.performance import Process, ProcessPoint
from dashboard.charts import figures, log_axis, time_axis
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, duration_text, percent_text, plural, size_text
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel

from .data import Reading

MOST_LINES = 5
LONGEST_NAME = 14
MEASURED, OTHER = "--measured", "--c-other"
Value = Callable[[ProcessPoint], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: what it draws of each process, in which unit, and how it is written."""

    panel: Panel
    unit: str
    kind: str
    value: Value
    written: Callable[[float], str]
    least_top: float
    empty_words: str
    is_log: bool = False


LAG = Chart(
    panel=Panel(
        name="loop-lag",
        title="Event-loop lag",
        explain=(
            "loop_lag: how much later than asked for a sleeper of 100 ms wakes. While a worker's "
            "loop is late, nothing else on it is on time. The axis is logarithmic."
        ),
        look="panel-third",
        has_chart=True,
    ),
    unit="ms, p99 per worker",
    kind="ms",
    value=lambda point: point.loop_lag_p99,
    written=duration_text,
    least_top=1,
    empty_words="No worker told how late its event loop woke.",
    is_log=True,
)
CPU = Chart(
    panel=Panel(
        name="worker-cpu",
        title="Processor",
        explain="cpu_ms: processor time of a worker, as a share of one core. At 100 % it is full.",
        look="panel-third",
        has_chart=True,
    ),
    unit="% of a core, per worker",
    kind="number",
    value=lambda point: None if point.cpu is None else 100 * point.cpu,
    written=lambda value: percent_text(value / 100),
    least_top=10,
    empty_words="No worker told its processor time.",
)
MEMORY = Chart(
    panel=Panel(
        name="worker-memory",
        title="Memory",
        explain="memory_bytes: resident memory of a worker, the most within each step.",
        look="panel-third",
        has_chart=True,
    ),
    unit="MB, per worker",
    kind="number",
    value=lambda point: None if point.memory_bytes is None else point.memory_bytes / 1e6,
    written=lambda value: size_text(value * 1e6),
    least_top=10,
    empty_words="No worker told its memory.",
)
DESCRIPTORS = Chart(
    panel=Panel(
        name="worker-descriptors",
        title="Descriptors",
        explain="descriptors: files and sockets a worker has open, the most within each step.",
        look="panel-third",
        has_chart=True,
    ),
    unit="open, per worker",
    kind="number",
    value=lambda point: point.descriptors,
    written=count,
    least_top=10,
    empty_words="No worker told its descriptors.",
)


def drawer(chart: Chart) -> Callable[[Reading], Drawn]:
    """The function that draws this chart."""
    return lambda reading: _draw(chart, reading)


def _draw(chart: Chart, reading: Reading) -> Drawn:
    everybody = reading.answer.processes
    shown = _longest_there(everybody, chart.value)
    starts = sorted({point.t for process in shown for point in process.points})
    columns = [_values(process, starts, chart.value) for process in shown]
    plain = [time_axis.plain(t) for t in starts]
    steps = [round(t.timestamp() / reading.answer.step_seconds) for t in starts]
    times, gapped = figures.with_gaps(plain, steps, columns)
    names = _names(shown)
    lines = [
        _line(chart, name, values, is_first=place == 0)
        for place, (name, values) in enumerate(zip(names, gapped, strict=True))
    ][::-1]
    figure = figures.lines(
        times, lines, ticks=reading.ticks, limits=reading.limits,
        top=figures.room_above(gapped, chart.least_top),
    )  # fmt: skip
    figure["layout"]["margin"]["r"] = 86
    return Drawn(
        unit=chart.unit,
        body=log_axis.logarithmic(figure, lines) if chart.is_log else figure,
        label=f"{chart.panel.title} over time: {_peak(chart, names, columns)}.",
        foot=[_peak(chart, names, columns), _shown(len(shown), len(everybody))],
        table=Table(
            [
                column("time", "Time", "time"),
                *(
                    column(process.id, name, chart.kind, OTHER if place else MEASURED)
                    for place, (process, name) in enumerate(zip(shown, names, strict=True))
                ),
            ],
            [list(row) for row in zip(plain, *columns, strict=True)],
        ),
        is_empty=not shown,
        empty_words=chart.empty_words,
    )


def _longest_there(processes: list[Process], value: Value) -> list[Process]:
    """At most five, the one with the highest peak first."""
    known = [(_known(process, value), process) for process in processes]
    longest = sorted((pair for pair in known if pair[0]), key=lambda pair: -len(pair[0]))
    highest = sorted(longest[:MOST_LINES], key=lambda pair: -max(pair[0]))
    return [process for _, process in highest]


def _known(process: Process, value: Value) -> list[float]:
    return [found for point in process.points if (found := value(point)) is not None]


def _values(process: Process, starts: list[datetime], value: Value) -> list[float | None]:
    found = {point.t: value(point) for point in process.points}
    return [found.get(t) for t in starts]


def _names(processes: list[Process]) -> list[str]:
    """The number of each process, with its node where that alone is not clear."""
    parts = [process.id.split(":") for process in processes]
    short = [part[min(1, len(part) - 1)] for part in parts]
    clear = len(set(short)) == len(short)
    names = short if clear else [" · ".join(part[:2]) for part in parts]
    return [name[:LONGEST_NAME] for name in names]


def _line(chart: Chart, name: str, values: list[float | None], *, is_first: bool) -> Line:
    last = next((value for value in reversed(values) if value is not None), None)
    label = f"{name} {chart.written(last)}" if last is not None else ""
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
    return f"highest {chart.written(most)} on {names[0]}"


def _shown(shown: int, everybody: int) -> str:
    if shown == everybody:
        return plural(shown, "worker")
    return f"the {shown} of {plural(everybody, 'worker')} that were there longest"
