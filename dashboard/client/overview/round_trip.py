"""The chart of round trips, measured in the browser."""

from analytics.reports.client_answers import Point
from dashboard.charts import percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.page.data import shifted
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from models.metrics.client_catalogue import METRICS

from .data import OverviewData

PANEL = Panel(
    name="round-trip",
    title="Round trip",
    explain=(
        "latency_ms: from sending an application message to its reply, measured in the browser. "
        "Percentiles come from merged histograms (error at most 2 %); the browser's own pings and "
        "times while the tab was hidden are left out."
    ),
    css_class="panel-wide",
    has_chart=True,
    legend=percentiles.LEGEND,
)
# With fewer samples the percentile is their maximum: one slow round trip would draw a peak.
LEAST_FOR_P95, LEAST_FOR_P99 = 20, 100


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    current = overview_data.current
    return percentiles.draw(
        PercentileSeries(
            title="Round trips",
            noun="round trip",
            unit=f"ms, {overview_data.per_step}",
            axis=overview_data.axis,
            points=current.series,
            before=shifted(current, overview_data.before, _p95),
            over_range=current.latency_ms,
            least_p95=LEAST_FOR_P95,
            least_p99=LEAST_FOR_P99,
            threshold=METRICS["latency_ms"].threshold,
            no_data="no reports",
            remark=f"p95 from {LEAST_FOR_P95}, p99 from {LEAST_FOR_P99} round trips per step",
            empty_text="No round trip was measured in this range.",
        )
    )


def _p95(point: Point) -> float | None:
    return point.p95 if point.n >= LEAST_FOR_P95 else None
