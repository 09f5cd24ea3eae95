"""The summary line of the server Overview: a firing alert, then a problem or the totals."""

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import duration_text, figures, plural
from dashboard.server.alerts.lists import firing_line
from dashboard.server.data import ServerData, end_label, gauge_at_end, measured_minutes
from dashboard.widgets.pieces import tag
from models.metrics.server_catalogue import OWN_SERVICE, SERVER_METRICS

from .data import OverviewData

LATENCY = SERVER_METRICS["latency"]


def layout(overview_data: OverviewData) -> list[Component]:
    """A line each."""
    firing = firing_line.layout(overview_data.firing, overview_data.now, overview_data.zone)
    lines = [firing, _problem_or_totals(overview_data)]
    return [html.Div(line, className="reading-line") for line in lines if line]


def _problem_or_totals(server_data: ServerData) -> list[Component]:
    """Tag and sentence of the first problem, else the totals."""
    if (
        not server_data.view.is_fixed
        and not server_data.current.workers
        and server_data.current.filters.get("service", OWN_SERVICE) == OWN_SERVICE
    ):
        return [tag("No worker", "bad"), html.Span("No worker has sent a heartbeat lately.")]
    slow = server_data.current.connections.slow_closes
    if slow:
        return [
            tag("Slow readers", "warn"),
            html.Span(
                [
                    html.B(plural(slow, "connection")),
                    " closed because the client read too slowly (1013).",
                ]
            ),
        ]
    return [html.Span(_facts(server_data))] if server_data.current.series else []


def _facts(server_data: ServerData) -> list[str | Component]:
    now = server_data.current
    opens = figures(now.connections.opened / measured_minutes(now))
    active = gauge_at_end(server_data, now.connections.active, lambda point: point.active)
    where = f"on {plural(len(now.workers), 'worker')}"
    if server_data.view.is_fixed:
        where = end_label(server_data)
    phrases: list[str | Component] = [
        html.B(plural(round(active or 0), "connection")),
        f" open {where}, {opens} opened per minute",
    ]
    if now.performance.message_latency_ms.p95 is not None:
        p95 = duration_text(now.performance.message_latency_ms.p95)
        phrases += [f"; {LATENCY.label.lower()} p95 ", html.B(p95)]
    return [*phrases, "."]
