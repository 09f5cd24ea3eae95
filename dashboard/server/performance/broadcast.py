"""The chart of broadcast time: the time one message takes to reach all members on a worker."""

from dashboard.charts import figures, heatmap
from dashboard.charts.annotations import Line
from dashboard.core.numbers import duration_text, plural
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import PerformanceData

PANEL = Panel(
    name="broadcast-time",
    title="Broadcast time",
    explain=(
        "broadcast: time to send one message to all members of its room on one worker, from the "
        "first send to the last. Rooms of all sizes count together."
    ),
    css_class="panel-third",
    has_chart=True,
)


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    series, broadcast = performance_data.current.series, performance_data.current.broadcast
    times, (p99, p95, p50) = figures.with_gaps(
        performance_data.times,
        performance_data.steps,
        [
            [p.broadcast.p99 for p in series],
            [p.broadcast.p95 for p in series],
            [p.broadcast.p50 for p in series],
        ],
    )
    lines = [
        Line(name="p99", values=p99, color="--p99", width=1.25, label=_named("p99", p99)),
        Line(name="p50", values=p50, color="--p50", width=1.5, label=_named("p50", p50)),
        Line(name="p95", values=p95, color="--p95", label=_named("p95", p95)),
    ]
    figure = figures.lines(
        times, lines, ticks=performance_data.ticks, limits=performance_data.limits,
        top=figures.axis_top([p99], 1),
    )  # fmt: skip
    figure["layout"]["margin"]["r"] = heatmap.MARGIN
    return PanelContent(
        unit=f"ms, {performance_data.per_step}",
        body=figure,
        label=f"Broadcast time: p95 {duration_text(broadcast.p95)} over the range.",
        foot=[
            f"p95 over the range {duration_text(broadcast.p95)} "
            f"(n = {plural(broadcast.n, 'broadcast')})",
            "",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("p99_ms", "p99", "ms", "--p99", "thin"),
                column("p95_ms", "p95", "ms", "--p95"),
                column("p50_ms", "p50", "ms", "--p50"),
                column("n", "n", "count"),
            ],
            [
                [time, p.broadcast.p99, p.broadcast.p95, p.broadcast.p50, p.broadcast.n]
                for time, p in zip(performance_data.times, series, strict=True)
            ],
        ),
        is_empty=not broadcast.n,
        empty_text="No message was sent to a room in this range.",
    )


def _named(name: str, values: list[float | None]) -> str:
    last = next((value for value in reversed(values) if value is not None), None)
    return f"{name} {duration_text(last)}"
