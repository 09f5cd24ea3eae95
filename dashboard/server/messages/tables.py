"""Three tables: messages by type, errors by kind, closes by code, each with its meaning."""

from collections.abc import Mapping
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, percent_text, plural
from dashboard.server.data import ServerData
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics import close_codes

TYPES = Panel(
    name="message-types",
    title="By type",
    explain=(
        "messages by their type on /ws. Unregistered types count as other, what is not a "
        "request as not-understood; /ws/echo has no types."
    ),
    css_class="panel-third",
)
ERRORS = Panel(
    name="error-kinds",
    title="Errors",
    explain=(
        "errors by kind: rejected requests on /ws, connections closed because of an error, and "
        "messages of rooms that did not reach another worker, once for each worker."
    ),
    css_class="panel-third",
)
CLOSES = Panel(
    name="server-closes",
    title="Closes",
    explain=(
        "closed by code (RFC 6455 section 7.4.1), as the server saw them. 1006 is a connection "
        "that ended without a close frame; 1001 by a proxy is one in front that was reloaded or "
        "stopped. Rejected handshakes are counted by HTTP status."
    ),
    css_class="panel-third",
)
ERROR_MEANINGS = {
    "not-json": "not a JSON object",
    "no-type": "type missing",
    "unknown-type": "unregistered type",
    "no-such-room": "sender not in the room",
    "too-many-rooms": "too many rooms joined",
    "bad-room": "invalid room name",
    "too-big": "message over the limit, closed 1009",
    "invalid-data": "text not UTF-8, closed 1007",
    "protocol-error": "invalid frames, closed 1002",
    "policy-violation": "flood or invalid app, closed 1008",
    "internal-error": "handler failed, closed 1011",
    "lost-between-workers": "did not reach the members on another worker",
    "other": "any other kind",
}
MOST_ROWS = 12


def draw_types(server_data: ServerData) -> PanelContent:
    """Messages by type, most frequent first."""
    kinds = server_data.current.messages.by_type
    return PanelContent(
        unit="received and sent",
        body=plain_table.layout(
            ("Type", "Received", "Sent"),
            [
                [kind, count(both.received), count(both.sent)]
                for kind, both in list(kinds.items())[:MOST_ROWS]
            ],
        ),
        foot=[f"n = {plural(len(kinds), 'type')}", ""],
        table=Table(
            [
                column("type", "Type", "text"),
                column("received", "Received", "count"),
                column("sent", "Sent", "count"),
            ],
            [[kind, both.received, both.sent] for kind, both in kinds.items()],
        ),
        is_empty=not kinds,
        empty_text="No message had a type in this range.",
    )


def draw_errors(server_data: ServerData) -> PanelContent:
    """Errors by kind, most frequent first."""
    kinds = server_data.current.messages.errors_by_kind
    return _labelled("Kind", kinds, ERROR_MEANINGS, "error", "No errors in this range.")


def draw_closes(server_data: ServerData) -> PanelContent:
    """Close codes, most frequent first, and refused handshakes."""
    connections = server_data.current.connections
    refused = {f"HTTP {status}": n for status, n in connections.rejected.items()}
    meanings = close_codes.DESCRIPTIONS | dict.fromkeys(refused, "handshake rejected")
    both = connections.closed | refused
    empty = "No connection was closed in this range."
    content = _labelled("Code", both, meanings, "close", empty)
    by = ", ".join(f"{count(n)} by {who}" for who, n in connections.closed_by.items())
    hidden = server_data.current.not_counted.get("connections.closed_by", "")
    return replace(content, foot=[content.foot[0], html.Span(by, title=hidden)])


def _labelled(
    head: str, counts: Mapping[str, int], meanings: Mapping[str, str], noun: str, empty: str
) -> PanelContent:
    total = sum(counts.values())
    rows = [
        [_named(label, meanings.get(label, "")), count(number), percent_text(number / (total or 1))]
        for label, number in list(counts.items())[:MOST_ROWS]
    ]
    return PanelContent(
        unit=f"by {head.lower()}",
        body=plain_table.layout((head, "n", "Share"), rows),
        foot=[f"n = {plural(total, noun)}", ""],
        table=Table(
            [
                column("label", head, "text"),
                column("words", "Meaning", "text"),
                column("count", "n", "count"),
            ],
            [[label, meanings.get(label, ""), number] for label, number in counts.items()],
        ),
        is_empty=not total,
        empty_text=empty,
    )


def _named(label: str, meaning: str) -> Component:
    return html.Span(
        [html.Span(label, className="num"), html.Span(f" {meaning}", className="faint meaning")]
    )
