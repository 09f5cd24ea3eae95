"""Three tables: messages by type, errors by kind, closes by code, each in plain words."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, percent_text, plural
from dashboard.server.data import Reading
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from models.metrics import close_codes

TYPES = Panel(
    name="message-types",
    title="By type",
    explain=(
        "messages by their type on /ws. A type nobody registered is counted under other, what is "
        "no request at all under not-understood; /ws/echo has no types."
    ),
    look="panel-third",
)
ERRORS = Panel(
    name="error-kinds",
    title="Errors",
    explain="errors by kind: what was refused on /ws, and connections we had to close.",
    look="panel-third",
)
CLOSES = Panel(
    name="server-closes",
    title="Closes",
    explain=(
        "closed by code (RFC 6455 section 7.4.1), as the server saw them. 1006 is a connection "
        "that ended without a close frame. Handshakes we refused are counted by HTTP status."
    ),
    look="panel-third",
)
ERROR_WORDS = {
    "not-json": "was no JSON object",
    "no-type": "had no type",
    "unknown-type": "type nobody knows",
    "no-such-room": "spoke in a room it is not in",
    "too-many-rooms": "in too many rooms",
    "bad-room": "room has no proper name",
    "too-big": "message over the limit, closed 1009",
    "invalid-data": "text was not UTF-8, closed 1007",
    "protocol-error": "broken frames, closed 1002",
    "policy-violation": "flood or bad app, closed 1008",
    "internal-error": "our handler failed, closed 1011",
    "other": "not told apart",
}
MOST_ROWS = 12


def draw_types(reading: Reading) -> Drawn:
    """Messages by type, most frequent first."""
    kinds = reading.answer.messages.by_type
    return Drawn(
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
        empty_words="No message had a type in this range.",
    )


def draw_errors(reading: Reading) -> Drawn:
    """Errors by kind, most frequent first."""
    kinds = reading.answer.messages.errors_by_kind
    return _labelled("Kind", kinds, ERROR_WORDS, "error", "No errors in this range.")


def draw_closes(reading: Reading) -> Drawn:
    """Close codes, most frequent first, and refused handshakes."""
    connections = reading.answer.connections
    refused = {f"HTTP {status}": n for status, n in connections.rejected.items()}
    words = close_codes.WORDS | dict.fromkeys(refused, "handshake refused")
    both = connections.closed | refused
    return _labelled("Code", both, words, "close", "No connection was closed in this range.")


def _labelled(
    head: str, counts: Mapping[str, int], words: Mapping[str, str], noun: str, empty: str
) -> Drawn:
    total = sum(counts.values())
    shown = [
        [_named(label, words.get(label, "")), count(number), percent_text(number / total)]
        for label, number in list(counts.items())[:MOST_ROWS]
    ]
    return Drawn(
        unit=f"by {head.lower()}",
        body=plain_table.layout((head, "n", "Share"), shown),
        foot=[f"n = {plural(total, noun)}", ""],
        table=Table(
            [
                column("label", head, "text"),
                column("words", "Meaning", "text"),
                column("count", "n", "count"),
            ],
            [[label, words.get(label, ""), number] for label, number in counts.items()],
        ),
        is_empty=not total,
        empty_words=empty,
    )


def _named(label: str, words: str) -> Component:
    return html.Span([html.Span(label, className="num"), html.Span(f" {words}", className="faint")])
