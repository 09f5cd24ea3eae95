"""What monitors may not see: sessions by reason, and what to do about it."""

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import count, plural
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import OverviewData

PANEL = Panel(
    rows=("sessions", "client-reports"),
    name="blind",
    title="What the monitor may not see",
    explain=(
        "may_be_blind: a monitor says when connections of its page may be missing from its "
        "reports, and why. Sessions are those that reported in the range; one with two reasons "
        "counts under both."
    ),
    css_class="panel-quarter",
)
# Reason: what happened, what to do.
REASONS = {
    "loaded-late": (
        "loaded late",
        "Load the monitor before the scripts that open sockets.",
    ),
    "constructor-taken": (
        "a library took WebSocket first",
        "Load the monitor before that library, or call observe() on its socket.",
    ),
    "worker": (
        "sockets in a worker",
        "Load the monitor in the worker too, with importScripts.",
    ),
    "frame": ("sockets in a frame", "Call install({ frames: true })."),
    "csp": ("a content policy blocks reports", "Add this server to connect-src."),
}
ELSE = "See the page about the browser monitor."


def draw(overview_data: OverviewData) -> PanelContent:
    """The reasons, most sessions first."""
    reasons = overview_data.current.may_be_blind
    sessions = overview_data.current.sessions
    return PanelContent(
        unit="sessions, by reason",
        body=html.Div([_line(*each) for each in reasons.items()], className="rows"),
        foot=["" if sessions is None else f"n = {plural(sessions, 'session')}", ""],
        table=Table(
            [
                column("reason", "Reason", "text"), column("sessions", "Sessions", "count"),
                column("change", "What to do", "text"),
            ],
            [[reason, number, REASONS.get(reason, ("", ELSE))[1]]
             for reason, number in reasons.items()],
        ),
        is_empty=not reasons,
        empty_text="No monitor says that it misses connections.",
    )  # fmt: skip


def _line(reason: str, number: int) -> Component:
    reason_text, change = REASONS.get(reason, (reason, ELSE))
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"{plural(number, 'session')} may be blind: {reason_text}"),
                    html.Span(count(number), className="row-number num"),
                ],
                className="blind-head",
            ),
            html.P(change, className="faint blind-change"),
        ],
        className="blind-line",
    )
