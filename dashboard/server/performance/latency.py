"""The chart of ping round trips, from the server's ping to the pong."""

from dashboard.charts import percentile_notes, percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.server.data import SOURCE
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

from .data import PerformanceData

METRIC = SERVER_METRICS["latency"]
PANEL = Panel(
    name="message-latency",
    title=METRIC.label,
    explain=(
        "latency: from the server's ping to the peer's pong (RFC 6455 section 5.5.2), one per "
        "connection after 1 s, then every WEBSOCKET_PING_SECONDS. Percentiles come from "
        f"histograms that are merged over workers and steps. {percentile_notes.RULE}"
    ),
    css_class="panel-full",
    has_chart=True,
    legend=percentiles.LEGEND,
)
THRESHOLD_MS = METRIC.threshold or 200.0


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    current = performance_data.current
    return percentiles.draw(
        PercentileSeries(
            title=METRIC.label,
            noun="round trip",
            unit=f"ms, by the server's ping, {performance_data.per_step}",
            axis=performance_data.axis,
            percentiles=performance_data.percentiles("latency"),
            over_range=current.latency,
            threshold=THRESHOLD_MS,
            remark="percentiles from histograms, error at most 2 %",
            usual=performance_data.usual.lines(SOURCE, METRIC.key),
            empty_text="No ping was answered in this range. The first is sent after 1 s.",
        )
    )
