"""The chart of round trips from the server's ping to the pong."""

from dashboard.charts import percentile_notes, percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.server.data import SOURCE, ServerData
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

METRIC = SERVER_METRICS["latency"]
PANEL = Panel(
    name="server-round-trip",
    title=METRIC.label,
    explain=(
        "message_latency_ms: from the server's ping to the peer's pong (RFC 6455 section 5.5.2), "
        "one per connection after 1 s, then every WEBSOCKET_PING_SECONDS. "
        f"{percentile_notes.RULE}"
    ),
    css_class="panel-third",
    has_chart=True,
    legend=percentiles.LEGEND,
)


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    current = server_data.current
    return percentiles.draw(
        PercentileSeries(
            title=METRIC.label,
            noun="round trip",
            unit=f"ms, {server_data.per_step}",
            axis=server_data.axis,
            percentiles=server_data.percentiles("latency"),
            over_range=current.performance.message_latency_ms,
            threshold=METRIC.threshold,
            usual=server_data.usual.lines(SOURCE, "latency"),
            empty_text="No ping was answered in this range. The first is sent after 1 s.",
        )
    )
