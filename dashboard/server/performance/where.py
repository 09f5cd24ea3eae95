"""The table of timed steps of a message, with bars for p95."""

from dash import html
from dash.development.base_component import Component

from analytics.stats.estimates import Durations
from dashboard.core.numbers import DASH, count, figures
from dashboard.widgets import plain_table
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

from .data import PerformanceData

PANEL = Panel(
    name="where-time-goes",
    title="Latency breakdown",
    explain=(
        "processing: handling one request; broadcast: sending one message to all members of its "
        "room on a worker; loop_lag: delay of the event loop; latency: the ping round trip, "
        "which includes network and client. The steps overlap and do not add up."
    ),
    css_class="panel-third",
)
HEADER = ("Step", "", "p50", "p95", "p99", "n")


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    performance = performance_data.current
    steps = [
        (SERVER_METRICS["processing"].label, performance.processing),
        (SERVER_METRICS["broadcast"].label, performance.broadcast),
        (SERVER_METRICS["loop_lag"].label, performance.loop_lag),
        (SERVER_METRICS["latency"].label, performance.latency),
    ]
    longest = max((step.p95 or 0 for _, step in steps), default=0)
    return PanelContent(
        unit="ms, bars show p95",
        body=html.Div(
            plain_table.layout(HEADER, [_row(name, step, longest) for name, step in steps], 2),
            className="where",
        ),
        foot=["over the whole range", "steps overlap"],
        table=Table(
            [
                column("step", "Step", "text"),
                *(column(f"{name}_ms", name, "ms") for name in ("mean", "p50", "p95", "p99")),
                column("n", "n", "count"),
            ],
            [[name, s.mean, s.p50, s.p95, s.p99, s.n] for name, s in steps],
        ),
        is_empty=not any(step.n for _, step in steps),
        empty_text="No durations in this range.",
    )


def _row(name: str, step: Durations, longest: float) -> list[Component | str]:
    share = 100 * (step.p95 or 0) / longest if longest else 0
    bar = html.Div(
        html.Div(className="bar-fill", style={"width": f"{share:.1f}%"}),
        className="bar-track",
        **html_attributes({"aria-hidden": "true"}),
    )
    percentiles = [DASH if v is None else figures(v) for v in (step.p50, step.p95, step.p99)]
    return [name, bar, percentiles[0], html.B(percentiles[1]), percentiles[2], count(step.n)]
