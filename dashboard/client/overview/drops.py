"""What happens after a drop: how many sessions reconnect, and how long it takes."""

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from dashboard.core.numbers import count, duration_text, figures, percent_text, plural, with_unit
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon

from .data import OverviewData

PANEL = Panel(
    name="after-a-drop",
    title="Reconnection after a drop",
    explain=(
        "drops, reconnect_attempts, reconnect_successes and recovery_ms. A connection that "
        "reopened after the end of the range, or in another tab, counts as not reconnected."
    ),
    css_class="panel-half",
)


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    summary = overview_data.current
    drops, back = summary.connection.drops, _back(summary)
    return PanelContent(
        unit="drops, share of all drops",
        body=html.Div([_chain(summary), _recovery_times(summary)], className="after-drop"),
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
    return "" if sessions is None else f" in {plural(sessions, 'session')}"


def _chain(summary: Summary) -> Component:
    drops, back = summary.connection.drops, _back(summary)
    tries = summary.connection.reconnect_attempts
    each = f", {figures(tries / back)} per reconnection" if back else ""
    total = drops or 1
    return html.Div(
        [
            _bar("Dropped", drops, 1.0, "chain-1"),
            _step_text(
                f"{plural(tries, 'reconnection attempt')}{each}", percent_text(back / total)
            ),
            _bar("Reconnected", back, back / total, "chain-2"),
            *_within_5_s(summary, back, total),
        ],
        className="chain",
    )


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


def _bar(name: str, number: int, share: float, css_class: str) -> Component:
    fill = html.Div(className=f"chain-fill {css_class}", style={"width": f"{share * 100:.2f}%"})
    return html.Div(
        [
            html.Span(name, className="chain-name"),
            html.Div(fill, className="chain-track"),
            html.Span(count(number), className="chain-number num"),
        ],
        className="chain-bar",
    )


def _step_text(text: str, share: str) -> Component:
    return html.Div(
        [
            html.Span([icon("reply"), text], className="chain-words"),
            html.Span(share, className="num"),
        ],
        className="chain-between",
    )


def _recovery_times(summary: Summary) -> Component | None:
    recovery = summary.recovery_ms
    if recovery is None:
        return None
    entries = (
        ("Recovery median", recovery.p50),
        ("Recovery p95", recovery.p95),
        ("Recovery p99", recovery.p99),
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
    p50, p95, p99 = (recovery.p50, recovery.p95, recovery.p99) if recovery else (None,) * 3
    rows: list[list[object]] = [
        ["Drops", connection.drops, ""],
        ["Reconnection attempts", connection.reconnect_attempts, ""],
        ["Reconnections", connection.reconnect_successes, ""],
        ["Reconnected within 5 s", connection.recovered_within_5_s, ""],
        ["Recovery time p50", p50, "ms"],
        ["Recovery time p95", p95, "ms"],
        ["Recovery time p99", p99, "ms"],
    ]
    return Table(
        [
            column("figure", "Figure", "text"),
            column("value", "Value", "number"),
            column("unit", "Unit", "text"),
        ],
        rows,
    )
