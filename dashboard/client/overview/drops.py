"""What happens after a drop: how many come back, and how long it takes them."""

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from dashboard.core.numbers import count, duration_text, figures, percent_text, plural, with_unit
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon

from .data import Reading

PANEL = Panel(
    name="after-a-drop",
    title="What happens after a drop",
    explain=(
        "drops, reconnect_attempts, reconnect_successes and recovery_ms. A connection that came "
        "back after the end of the range, or in another tab, counts as not back."
    ),
    look="panel-half",
)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    summary = reading.answer
    drops, back = summary.connection.drops, _back(summary)
    return Drawn(
        unit="drops, share of all drops",
        body=html.Div([_chain(summary), _waiting(summary)], className="after-drop"),
        foot=[
            f"n = {plural(drops, 'drop')} in {plural(summary.abnormal_sessions, 'session')}",
            f"{count(drops - back)} not back in this range",
        ],
        table=_table(summary),
        is_empty=drops == 0,
        empty_words="No connection was lost in this range.",
    )


def _back(summary: Summary) -> int:
    return min(summary.connection.drops, summary.connection.reconnect_successes)


def _chain(summary: Summary) -> Component:
    drops, back = summary.connection.drops, _back(summary)
    soon = min(back, summary.connection.recovered_within_5_s)
    tries = summary.connection.reconnect_attempts
    each = f", {figures(tries / back)} for each return" if back else ""
    whole = drops or 1
    waited = f"{count(back - soon)} waited longer, p95 {duration_text(summary.recovery_ms.p95)}"
    return html.Div(
        [
            _bar("Lost the connection", drops, 1.0, "chain-1"),
            _between(f"{plural(tries, 'attempt')} to come back{each}", percent_text(back / whole)),
            _bar("Connected again", back, back / whole, "chain-2"),
            _between(waited, percent_text(soon / whole)),
            _bar(f"Within {with_unit('5', 's')}", soon, soon / whole, "chain-3"),
        ],
        className="chain",
    )


def _bar(name: str, number: int, share: float, look: str) -> Component:
    fill = html.Div(className=f"chain-fill {look}", style={"width": f"{share * 100:.2f}%"})
    return html.Div(
        [
            html.Span(name, className="chain-name"),
            html.Div(fill, className="chain-track"),
            html.Span(count(number), className="chain-number num"),
        ],
        className="chain-bar",
    )


def _between(words: str, share: str) -> Component:
    return html.Div(
        [
            html.Span([icon("reply"), words], className="chain-words"),
            html.Span(share, className="num"),
        ],
        className="chain-between",
    )


def _waiting(summary: Summary) -> Component:
    recovery = summary.recovery_ms
    entries = (
        ("Half are back within", recovery.p50),
        ("95 of 100 within", recovery.p95),
        ("99 of 100 within", recovery.p99),
    )
    return html.Div(
        [
            html.Div([html.Span(name), html.B(duration_text(value), className="num")])
            for name, value in entries
        ],
        className="waiting",
    )


def _table(summary: Summary) -> Table:
    connection, recovery = summary.connection, summary.recovery_ms
    rows: list[list[object]] = [
        ["Drops", connection.drops, ""],
        ["Reconnection attempts", connection.reconnect_attempts, ""],
        ["Reconnections", connection.reconnect_successes, ""],
        ["Back within 5 s", connection.recovered_within_5_s, ""],
        ["Time without connection p50", recovery.p50, "ms"],
        ["Time without connection p95", recovery.p95, "ms"],
        ["Time without connection p99", recovery.p99, "ms"],
    ]
    return Table(
        [
            column("figure", "Figure", "text"),
            column("value", "Value", "number"),
            column("unit", "Unit", "text"),
        ],
        rows,
    )
