"""The chart of round trips, measured in the browser."""

from dataclasses import replace

from analytics.stats.estimates import Durations
from dashboard.charts import percentile_notes, percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from models.metrics.client_catalogue import METRICS

from . import largest_session
from .data import SOURCE, OverviewData

PANEL = Panel(
    rows=("client-reports", "sessions"),
    name="round-trip",
    title=METRICS["latency_ms"].label,
    explain=(
        "latency_ms: from sending an application message to its reply, measured in the browser. "
        "Percentiles come from merged histograms (error at most 2 %); the browser's own pings and "
        "times while the tab was hidden are left out. "
        f"{percentile_notes.RULE}"
    ),
    css_class="panel-wide",
    has_chart=True,
    legend=percentiles.LEGEND,
)
NO_DURATIONS = Durations(n=0, mean=None, p50=None, p95=None, p99=None)


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    current = overview_data.current
    content = percentiles.draw(
        PercentileSeries(
            title=METRICS["latency_ms"].label,
            noun="round trip",
            unit=f"ms, {overview_data.per_step}",
            axis=overview_data.axis,
            percentiles=overview_data.percentiles("latency"),
            over_range=current.latency_ms or NO_DURATIONS,
            threshold=METRICS["latency_ms"].threshold,
            no_data="no reports",
            caution=largest_session.caution(None, current),
            usual=overview_data.usual.lines(SOURCE, "latency_ms"),
            empty_text="No round trip was measured in this range.",
        )
    )
    if reason := largest_session.reason(current):
        content = replace(content, foot=[*content.foot, reason])
    reason = current.not_counted.get("latency_ms", "")
    return replace(content, not_counted=reason) if reason else content
