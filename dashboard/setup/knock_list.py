"""What knocks, as people read it: who, how much, and the cure of what is missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.setup.setup import (
    ORIGIN,
    PAGE,
    PURPOSE_OF,
    SERVER,
    SOCKET,
    AllowedOrigin,
    Knock,
)
from dashboard.core import times
from dashboard.core.numbers import count, plural
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, tag

ALLOW, WITHDRAW = "setup-allow", "setup-withdraw"
CURES = {
    "loaded-late": "A socket was opened before the monitor was there: load its script before all "
    "that opens sockets.",
    "constructor-taken": "Another script took WebSocket first, as Socket.IO, SockJS and Action "
    "Cable do when they load: put our script tag above theirs.",
    "worker": "A worker runs without the monitor: load its file there with importScripts.",
    "frame": "A frame of the page is not watched: load the monitor there, or set data-frames.",
    "csp": "The policy of the page forbids our reports: add our address to connect-src.",
}
ATTEMPTS = {PAGE: "reports", SOCKET: "WebSockets of ours", SERVER: "samples"}
RECENT = timedelta(seconds=60)


def accepted(knocks: Sequence[Knock], now: datetime, zone: ZoneInfo) -> Component:
    """Who is let in, the last first."""
    rows = [_accepted(knock, now, zone) for knock in knocks if not knock.refusal]
    if not rows:
        text = "Nothing yet. A page sends its first report about 15 s after it opens, or when it "
        text += "is left; a server its first sample after 15 s. This list follows by itself."
        return html.P(text, className="state-words table-none")
    return _table(("Who", "App", "First", "Last", "Reports", "Sockets", "Round trips"), rows)


def refused(knocks: Sequence[Knock], now: datetime, zone: ZoneInfo, *, is_admin: bool) -> Component:
    """Who is refused, and why; an admin allows an origin with one click."""
    rows = [_refused(knock, now, zone, is_admin=is_admin) for knock in knocks if knock.refusal]
    if not rows:
        text = "Nobody was refused within the last hour."
        return html.P(text, className="state-words table-none")
    return _table(("Who", "Sends", "Last", "Times", "Why", ""), rows)


def allowed(entries: Sequence[AllowedOrigin], *, is_admin: bool) -> Component | None:
    """The origins that were allowed here; an admin withdraws one again."""
    if not entries:
        return None
    rows = [
        html.Tr(
            [
                html.Td(html.Code(entry.origin), className="clip", title=entry.origin),
                html.Td(entry.purpose),
                html.Td(entry.allowed_by, className="clip faint"),
                html.Td(
                    button("Withdraw", _id(WITHDRAW, entry.purpose, entry.origin))
                    if is_admin
                    else None,
                    className="acts",
                ),
            ]
        )
        for entry in entries
    ]
    return _table(("Allowed here", "May send", "By", ""), rows)


def _accepted(knock: Knock, now: datetime, zone: ZoneInfo) -> Component:
    reasons = [reason for reason in knock.blind.split(",") if reason]
    cures = [
        html.Li([tag("may be blind", "warn"), " ", CURES.get(reason, reason)]) for reason in reasons
    ]
    return html.Tr(
        [
            html.Td([_caller(knock), html.Ul(cures, className="cures") if cures else None]),
            html.Td(knock.app, className="clip", title=knock.app),
            html.Td(ago(knock.first_at, now, zone), className="faint num"),
            html.Td(ago(knock.last_at, now, zone), className="num"),
            html.Td(count(knock.count), className="n num", **_unit("reports")),
            html.Td(count(knock.sockets), className="n num", **_unit("sockets")),
            html.Td(_round_trips(knock)),
        ]
    )


def _refused(knock: Knock, now: datetime, zone: ZoneInfo, *, is_admin: bool) -> Component:
    purpose = PURPOSE_OF.get(knock.source)
    can_allow = is_admin and knock.refusal == ORIGIN and purpose and knock.caller
    return html.Tr(
        [
            html.Td(_caller(knock)),
            html.Td(ATTEMPTS.get(knock.source, knock.source)),
            html.Td(ago(knock.last_at, now, zone), className="num"),
            html.Td(count(knock.count), className="n num", **_unit("times")),
            html.Td(
                [html.B(knock.refusal), " ", html.Span(knock.detail, className="faint")],
                className="why",
            ),
            html.Td(
                button("Allow", _id(ALLOW, purpose, knock.caller)) if can_allow else None,
                className="acts",
            ),
        ]
    )


def _caller(knock: Knock) -> Component:
    nameless = "a server" if knock.source == SERVER else "a program without an origin"
    named: Any = html.Code(knock.caller) if knock.caller else nameless
    return html.Span(named, title=knock.caller, className="caller")


def _round_trips(knock: Knock) -> Any:
    """Yes with their number, or no and why."""
    if knock.source == SERVER:
        return html.Span("measured by pings", className="faint")
    if knock.round_trips:
        return f"yes, {count(knock.round_trips)}" + _by(knock)
    if not knock.sockets:
        return html.Span("no: no socket was opened", className="faint")
    if knock.protocol:
        return html.Span(f"no: none was answered yet{_by(knock)}", className="faint")
    why = "no: the protocol is not one we read. Name messageId, or a ping."
    return html.Span(why, className="faint")


def _by(knock: Knock) -> str:
    return f" ({knock.protocol})" if knock.protocol else ""


def ago(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Relative under a minute, else the time of day."""
    if timedelta(0) <= now - at < RECENT:
        return f"{plural(int((now - at).total_seconds()), 's', 's')} ago"
    return times.moment(at, now, zone)


def _unit(name: str) -> dict[str, Any]:
    """What a number counts, for screens without room for the head of the table."""
    return html_attributes({"data-unit": name})


def _id(kind: str, purpose: object, origin: str) -> dict[str, Any]:
    return {"type": kind, "purpose": str(purpose), "origin": origin}


def _table(heads: Sequence[str], rows: Sequence[Component]) -> Component:
    numbers = ("Times", "Reports", "Sockets")
    cells = [html.Th(head, className="n" if head in numbers else "") for head in heads]
    css_class = "table-plain knock-table"
    return html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className=css_class)
