"""What happens after a drop: its kind, how many sessions reconnect, and how long it takes."""

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from dashboard.core.numbers import (
    count,
    duration_text,
    figures,
    percent_text,
    plural,
    with_unit,
)
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon
from models.metrics.client_catalogue import METRICS

from . import largest_session
from .data import OverviewData

PANEL = Panel(
    rows=("client-reports", "sessions"),
    name="after-a-drop",
    title="What happens after a drop",
    explain=(
        "drops = lost (no close frame, or the peer was silent) + ended_by_server (closed by the "
        "server although the page needed it); then reconnect_attempts, reconnect_successes, "
        "recovery_ms, and never_back (no connection until the page was left, or for an hour). "
        "Kinds are told per browser engine: WebKit reads 1012 as 1006. A connection that the page "
        "replaced itself is no drop. Time without a connection is downtime_ms and the silent_ms "
        "before it. A connection that reopened after the range counts as not reconnected."
    ),
    css_class="panel-half",
)

COUNTED = (
    *("drops", "lost", "ended_by_server", "replaced"),
    *("reconnect_attempts", "reconnect_successes", "never_back"),
)
TIMED = (
    *("without_connection_ms", "silent_ms"),
    *("downtime_ms", "downtime_hidden_ms", "suspended_ms"),
)


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    summary = overview_data.current
    drops, back = summary.connection.drops, _back(summary)
    return PanelContent(
        unit="drops, share of all drops",
        body=html.Div([_chain(summary), _times(summary)], className="after-drop"),
        foot=[
            f"n = {plural(drops, 'drop')}{_in_sessions(summary)}",
            f"{count(drops - back)} not reconnected in this range",
        ],
        table=_table(summary),
        is_empty=drops == 0,
        empty_text="No connection was dropped in this range.",
    )


def _back(summary: Summary) -> int:
    return min(summary.connection.drops, summary.connection.reconnect_successes)


def _in_sessions(summary: Summary) -> str:
    sessions = summary.abnormal_sessions
    caution = largest_session.caution(summary.connection.drops_largest_session, summary)
    number = "" if sessions is None else f" in {plural(sessions, 'session')}"
    return f"{number}, {caution}" if caution else number


def _chain(summary: Summary) -> Component:
    drops, back = summary.connection.drops, _back(summary)
    tries = summary.connection.reconnect_attempts
    each = f", {figures(tries / back)} per reconnection" if back else ""
    total = drops or 1
    return html.Div(
        [
            _bar("Dropped", drops, 1.0, "chain-1"),
            *_kinds(summary, total),
            _step_text(
                f"{plural(tries, 'reconnection attempt')}{each}", percent_text(back / total)
            ),
            _bar("Reconnected", back, back / total, "chain-2"),
            *_within_5_s(summary, back, total),
            *_never_back(summary, total),
            *_notes(summary),
        ],
        className="chain",
    )


def _kinds(summary: Summary, total: int) -> list[Component]:
    kinds = {
        "Lost": summary.connection.lost,
        "Ended by the server": summary.connection.ended_by_server,
    }
    return [
        _bar(name, number, min(1.0, number / total), "chain-kind", "chain-part")
        for name, number in kinds.items()
        if number is not None
    ]


def _notes(summary: Summary) -> list[Component]:
    """What the page replaced itself, and why kinds are not those of all drops."""
    reason, replaced = summary.not_counted.get("connection.lost"), summary.connection.replaced
    notes = [f"{plural(replaced, 'connection')} replaced by the page, no drop."] if replaced else []
    notes += [f"Kinds of drops: {reason}"] if reason else []
    return [html.P(note, className="faint chain-note") for note in notes]


def _within_5_s(summary: Summary, back: int, total: int) -> list[Component]:
    quick, recovery = summary.connection.recovered_within_5_s, summary.recovery_ms
    if quick is None or recovery is None:
        reason = summary.not_counted["connection.recovered_within_5_s"]
        return [
            html.P(f"Times to reconnect are not counted. {reason}", className="faint chain-note")
        ]
    quick = min(back, quick)
    slower = f"{count(back - quick)} took longer, p95 {duration_text(recovery.p95)}"
    return [
        _step_text(slower, percent_text(quick / total)),
        _bar(f"Within {with_unit('5', 's')}", quick, quick / total, "chain-3"),
    ]


def _never_back(summary: Summary, total: int) -> list[Component]:
    number = summary.connection.never_back
    if number is None:
        return []
    return [
        _bar(_label("never_back"), number, min(1.0, number / total), "chain-never", "chain-end")
    ]


def _bar(name: str, number: int, share: float, css_class: str, row_class: str = "") -> Component:
    fill = html.Div(className=f"chain-fill {css_class}", style={"width": f"{share * 100:.2f}%"})
    return html.Div(
        [
            html.Span(name, className="chain-name"),
            html.Div(fill, className="chain-track"),
            html.Span(count(number), className="chain-number num"),
        ],
        className=f"chain-bar {row_class}".strip(),
    )


def _step_text(text: str, share: str) -> Component:
    return html.Div(
        [
            html.Span([icon("reply"), text], className="chain-words"),
            html.Span(share, className="num"),
        ],
        className="chain-between",
    )


def _times(summary: Summary) -> Component | None:
    entries: list[tuple[str, str]] = []
    if summary.recovery_ms is not None:
        recovery = summary.recovery_ms
        entries += [
            (f"{_label('recovery_ms')} median", duration_text(recovery.p50)),
            ("p95", duration_text(recovery.p95)),
            ("p99", duration_text(recovery.p99)),
        ]
    connection = summary.connection
    if connection.without_connection_ms is not None:
        entries += [
            (_label("without_connection_ms"), duration_text(connection.without_connection_ms)),
            (_label("silent_ms"), duration_text(connection.silent_ms)),
            (_label("downtime_hidden_ms"), duration_text(connection.downtime_hidden_ms)),
        ]
    if not entries:
        return None
    return html.Div(
        [html.Div([html.Span(name), html.B(value, className="num")]) for name, value in entries],
        className="waiting",
    )


def _table(summary: Summary) -> Table:
    connection, recovery = summary.connection, summary.recovery_ms
    p50, p95, p99 = (recovery.p50, recovery.p95, recovery.p99) if recovery else (None,) * 3
    rows: list[list[object]] = [
        *([_label(key), getattr(connection, key), ""] for key in COUNTED),
        ["Reconnected within 5 s", connection.recovered_within_5_s, ""],
        [f"{_label('recovery_ms')} p50", p50, "ms"],
        [f"{_label('recovery_ms')} p95", p95, "ms"],
        [f"{_label('recovery_ms')} p99", p99, "ms"],
        *([_label(key), getattr(connection, key), "ms"] for key in TIMED),
    ]
    return Table(
        [
            column("figure", "Figure", "text"),
            column("value", "Value", "number"),
            column("unit", "Unit", "text"),
        ],
        rows,
    )


def _label(key: str) -> str:
    return METRICS[key].label
