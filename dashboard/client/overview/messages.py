"""Messages that pages sent and received, queued ones and failures."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import (
    count,
    in_sessions,
    percent_text,
    plural,
    size_text,
)
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from . import largest_session
from .data import OverviewData

PANEL = Panel(
    rows=("client-reports", "sessions"),
    name="messages",
    title="Messages",
    explain=(
        "messages, as the pages counted them; the monitor's own pings are left out. Queued "
        "are those a page held while offline."
    ),
    css_class="panel-quarter",
)
Row = tuple[str, str, int, str]


def draw(overview_data: OverviewData) -> PanelContent:
    """Sent, received, queued and failed, with their bytes and the message error rate."""
    rows = _rows(overview_data)
    rate = overview_data.current.error_rate
    total = rate.n
    n = in_sessions(plural(total, "message"), overview_data.current.sessions)
    caution = largest_session.caution(rate.largest_session, overview_data.current)
    return PanelContent(
        unit="in the range",
        body=html.Div([_line(*row) for row in rows], className="rows rows-plain"),
        foot=[
            ", ".join(filter(None, [f"n = {n}", caution])),
            "without the monitor's pings",
        ],
        table=Table(
            [column("kind", "Kind", "text"), column("count", "Count", "count"), _BYTES],
            _raw(overview_data),
        ),
        is_empty=not total,
        empty_text="No message was sent or received in this range.",
    )


_BYTES = column("bytes", "Bytes", "count")


def _rows(overview_data: OverviewData) -> Sequence[Row]:
    messages, rate = overview_data.current.messages, overview_data.current.error_rate
    return (
        ("sent", "Sent", messages.sent, size_text(messages.bytes_sent)),
        ("received", "Received", messages.received, size_text(messages.bytes_received)),
        ("queued", "Queued", messages.queued, "while offline"),
        ("errors", "Failed", messages.errors, percent_text(rate.value)),
    )


def _raw(overview_data: OverviewData) -> list[list[str | int | None]]:
    messages = overview_data.current.messages
    return [
        ["sent", messages.sent, messages.bytes_sent],
        ["received", messages.received, messages.bytes_received],
        ["queued", messages.queued, None],
        ["errors", messages.errors, None],
    ]


def _line(key: str, name: str, number: int, meta: str) -> Component:
    return html.Div(
        [
            html.Span(name, className="row-name"),
            html.Span(count(number), className="row-number num", id=f"messages-{key}"),
            html.Span(meta, className="row-share num"),
        ],
        className="row-line row-figure",
    )
