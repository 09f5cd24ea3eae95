"""The chart of broadcast time: the time one message takes to reach all members on a worker."""

from dashboard.charts import percentile_notes, percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.server.data import SOURCE
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

from .data import PerformanceData

PANEL = Panel(
    name="broadcast-time",
    title=SERVER_METRICS["broadcast"].label,
    explain=(
        "broadcast: time to send one message to all members of its room on one worker, from the "
        "first send to the last. Rooms of all sizes count together. "
        f"{percentile_notes.RULE}"
    ),
    css_class="panel-third",
    has_chart=True,
    legend=percentiles.LEGEND,
)


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    current = performance_data.current
    return percentiles.draw(
        PercentileSeries(
            title=SERVER_METRICS["broadcast"].label,
            noun="broadcast",
            unit=f"ms, {performance_data.per_step}",
            axis=performance_data.axis,
            percentiles=performance_data.percentiles("broadcast"),
            over_range=current.broadcast,
            least_top=1,
            usual=performance_data.usual.lines(SOURCE, "broadcast"),
            empty_text="No message was sent to a room in this range.",
        )
    )
