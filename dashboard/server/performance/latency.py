"""The chart of message latency: three percentiles, the band between p50 and p95, the limit."""

from analytics.reports.performance import PerformancePoint
from dashboard.charts import bands, figures, heatmap
from dashboard.charts.annotations import Line
from dashboard.core.numbers import duration_text, plural, with_unit
from dashboard.page.data import shifted
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from models.metrics.server_catalogue import SERVER_METRICS

from .data import PerformanceData

PANEL = Panel(
    name="message-latency",
    title="Message latency",
    explain=(
        "latency: from the server's ping to the peer's pong (RFC 6455 section 5.5.2), one per "
        "connection after 1 s, then every WEBSOCKET_PING_SECONDS. Percentiles come from "
        "histograms that are merged over workers and steps; with few values p99 is the largest one."
    ),
    css_class="panel-full",
    has_chart=True,
    legend=(
        LegendEntry(name="p50 to p95", color="--measured-soft", kind="block"),
        LegendEntry(name="p95 before", color="--previous", kind="dots"),
    ),
)
THRESHOLD_MS = SERVER_METRICS["latency"].threshold or 200.0
LEAST_TOP_MS = 10.0


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    series, latency = performance_data.current.series, performance_data.current.latency
    earlier = shifted(performance_data.current, performance_data.before, _p95)
    times, (p50, p95, p99, before) = figures.with_gaps(
        performance_data.times,
        performance_data.steps,
        [
            [p.latency.p50 for p in series],
            [_p95(p) for p in series],
            [p.latency.p99 for p in series],
            earlier,
        ],
    )
    lines = [
        Line(name="before", values=before, color="--previous", width=1.25, dash="1px,2.5px"),
        Line(name="p99", values=p99, color="--p99", width=1.25, label=_named("p99", p99)),
        Line(name="p50", values=p50, color="--p50", width=1.5, label=_named("p50", p50)),
        Line(name="p95", values=p95, color="--p95", label=_named("p95", p95)),
    ]
    figure = figures.lines(
        times,
        lines,
        ticks=performance_data.ticks,
        limits=performance_data.limits,
        top=figures.axis_top([p99, before], _least_top(p99)),
        threshold=(THRESHOLD_MS, f"limit {with_unit(f'{THRESHOLD_MS:g}', 'ms')}"),
    )
    figure["data"].insert(0, bands.band(times, p50, p95))
    figure["layout"]["margin"]["r"] = heatmap.MARGIN
    return PanelContent(
        unit=f"ms, server ping to pong, {performance_data.per_step}",
        body=figure,
        label=(
            f"Message latency over time: p50 {duration_text(latency.p50)}, p95 "
            f"{duration_text(latency.p95)}, p99 {duration_text(latency.p99)} over the range."
        ),
        foot=[
            f"p95 over the range {duration_text(latency.p95)} "
            f"(n = {plural(latency.n, 'round trip')}), mean {duration_text(latency.mean)}",
            "percentiles from histograms, error at most 2 %",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("p99_ms", "p99", "ms", "--p99", "thin"),
                column("p95_ms", "p95", "ms", "--p95"),
                column("p50_ms", "p50", "ms", "--p50"),
                column("p95_before_ms", "p95 before", "ms", "--previous", "dots"),
                column("n", "n", "count"),
            ],
            [
                [time, p.latency.p99, p.latency.p95, p.latency.p50, old, p.latency.n]
                for time, p, old in zip(performance_data.times, series, earlier, strict=True)
            ],
        ),
        is_empty=not latency.n,
        empty_text="No ping was answered in this range. The first is sent after 1 s.",
    )


def _least_top(p99: list[float | None]) -> float:
    """The axis includes the limit once p99 exceeds half of it."""
    highest = max((value for value in p99 if value is not None), default=0)
    return THRESHOLD_MS if highest > THRESHOLD_MS / 2 else LEAST_TOP_MS


def _p95(point: PerformancePoint) -> float | None:
    return point.latency.p95


def _named(name: str, values: list[float | None]) -> str:
    last = next((value for value in reversed(values) if value is not None), None)
    return f"{name} {duration_text(last)}"
