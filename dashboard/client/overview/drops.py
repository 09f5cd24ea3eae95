"""What happens after a drop: how many come back, and how long it takes them."""

from dash import html
from dash.development.base_component import Component

from analytics.answers import Summary
from dashboard.numbers import count, duration_text, figures, percent_text, plural
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon

from .drawn import Drawn, Table, column
from .reading import Reading

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
    summary = reading.summary
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
    tries = summary.connection.reconnect_attempts
    per_return = f", {figures(tries / back)} for each return" if back else ""
    return html.Div(
        [
            _bar("Lost the connection", drops, 1.0, "chain-1"),
            _between(f"{plural(tries, 'attempt')} to come back{per_return}", ""),
            _bar("Connected again", back, back / drops if drops else 0, "chain-2"),
            _between(
                f"{count(drops - back)} not yet", percent_text(back / drops if drops else None)
            ),
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
    longest = recovery.p99 or 1
    entries = (("Half back within", recovery.p50), ("95 of 100", recovery.p95))
    last = ("99 of 100", recovery.p99)
    return html.Div(
        [
            html.Div(f"Time without connection, n = {plural(recovery.n, 'return')}"),
            *(
                html.Div(
                    [
                        html.Span(name, className="chain-name"),
                        html.Div(
                            html.Div(
                                className="chain-fill chain-3",
                                style={"width": f"{(value or 0) / longest * 100:.2f}%"},
                            ),
                            className="chain-track",
                        ),
                        html.Span(duration_text(value), className="chain-number num"),
                    ],
                    className="chain-bar chain-thin",
                )
                for name, value in (*entries, last)
            ),
        ],
        className="waiting",
    )


def _table(summary: Summary) -> Table:
    connection, recovery = summary.connection, summary.recovery_ms
    rows: list[list[object]] = [
        ["Drops", connection.drops, ""],
        ["Reconnection attempts", connection.reconnect_attempts, ""],
        ["Reconnections", connection.reconnect_successes, ""],
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
