"""The reading line of the server Overview: one plain sentence, with a tag when something is off."""

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import duration_text, figures, plural
from dashboard.server.data import Reading, measured_minutes
from dashboard.widgets.pieces import tag
from models.metrics.server_catalogue import OWN_SERVICE


def layout(reading: Reading) -> list[Component]:
    """Tag and sentence; what is wrong comes first, else the facts."""
    if (
        not reading.answer.workers
        and reading.answer.filters.get("service", OWN_SERVICE) == OWN_SERVICE
    ):
        return [tag("No worker", "bad"), html.Span("No worker has given a sign of life lately.")]
    slow = reading.answer.connections.slow_closes
    if slow:
        return [
            tag("Slow readers", "warn"),
            html.Span([html.B(plural(slow, "connection")), " closed because nobody read (1013)."]),
        ]
    return [html.Span(_facts(reading))] if reading.answer.series else []


def _facts(reading: Reading) -> list[str | Component]:
    now = reading.answer
    opens = figures(now.connections.opened / measured_minutes(now))
    words: list[str | Component] = [
        html.B(plural(now.connections.active, "connection")),
        f" open on {plural(len(now.workers), 'worker')}, {opens} opened a minute",
    ]
    if now.performance.message_latency_ms.p95 is not None:
        p95 = duration_text(now.performance.message_latency_ms.p95)
        words += ["; 95 of 100 round trips within ", html.B(p95)]
    return [*words, "."]
