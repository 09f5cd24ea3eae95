"""The chart of round trips, measured in the browser."""

from dataclasses import replace

from analytics.reports.client_answers import Point
from analytics.reports.performance import Percentiles
from analytics.stats.estimates import Durations
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
NO_DURATIONS = Durations(n=0, mean=None, p50=None, p95=None, p99=None)


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    current = overview_data.current
    content = percentiles.draw(
        PercentileSeries(
            title="Round trips",
            noun="round trip",
            unit=f"ms, {overview_data.per_step}",
            axis=overview_data.axis,
            points=[_percentiles(point) for point in current.series],
            before=shifted(current, overview_data.before, _p95),
            over_range=current.latency_ms or NO_DURATIONS,
            least_p95=LEAST_FOR_P95,
            least_p99=LEAST_FOR_P99,
            threshold=METRICS["latency_ms"].threshold,
            no_data="no reports",
            remark=f"p95 from {LEAST_FOR_P95}, p99 from {LEAST_FOR_P99} round trips per step",
            empty_text="No round trip was measured in this range.",
        )
    )
    reason = current.not_counted.get("latency_ms", "")
    return replace(content, not_counted=reason) if reason else content


def _percentiles(point: Point) -> Percentiles:
    return Percentiles(point.n or 0, point.p50, point.p95, point.p99)


def _p95(point: Point) -> float | None:
    return point.p95 if (point.n or 0) >= LEAST_FOR_P95 else None
