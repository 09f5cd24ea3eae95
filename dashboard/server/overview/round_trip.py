"""The chart of round trips from the server's ping to the pong."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import duration_text, plural, with_unit
from dashboard.server.data import ServerData
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

PANEL = Panel(
    name="server-round-trip",
    title="Round trip",
    explain=(
        "message_latency_ms: from the server's ping to the peer's pong (RFC 6455 section 5.5.2), "
        "one per connection after 1 s, then every WEBSOCKET_PING_SECONDS."
    ),
    css_class="panel-third",
    has_chart=True,
)
THRESHOLD_MS = SERVER_METRICS["latency"].threshold or 200.0


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    series = server_data.current.series
    latency = server_data.current.performance.message_latency_ms
    timed_steps = [point for point in series if point.n]
    times, (p99, p95, p50) = figures.with_gaps(
        server_data.times,
        server_data.steps,
        [[p.p99 for p in series], [p.p95 for p in series], [p.p50 for p in series]],
    )
    lines = [
        Line(name="p99", values=p99, color="--p99", width=1.25, label=_named("p99", latency.p99)),
        Line(name="p95", values=p95, color="--p95", label=_named("p95", latency.p95)),
        Line(name="p50", values=p50, color="--p50", width=1.5, label=_named("p50", latency.p50)),
    ]
    return PanelContent(
        unit=f"ms, {server_data.per_step}",
        body=figures.lines(
            times, lines, ticks=server_data.ticks, limits=server_data.limits,
            top=figures.axis_top([p99], 10),
            threshold=(THRESHOLD_MS, f"limit {with_unit(f'{THRESHOLD_MS:g}', 'ms')}"),
        ),
        label=f"Round trip over time: p95 {duration_text(latency.p95)} over the range.",
        foot=[f"n = {plural(latency.n, 'round trip')}", f"mean {duration_text(latency.mean)}"],
        table=Table(
            [
                column("time", "Time", "time"),
                column("p50_ms", "p50", "ms", "--p50"),
                column("p95_ms", "p95", "ms", "--p95"),
                column("p99_ms", "p99", "ms", "--p99"),
                column("n", "n", "count"),
            ],
            [
                [time, p.p50, p.p95, p.p99, p.n]
                for time, p in zip(server_data.times, series, strict=True)
            ],
        ),
        is_empty=not timed_steps,
        empty_text="No ping was answered in this range. The first is sent after 1 s.",
    )  # fmt: skip


def _named(name: str, value: float | None) -> str:
    return f"{name} {duration_text(value)}"
