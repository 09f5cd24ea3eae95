"""The failure state: a persistent banner, and panels without earlier data."""

from dash import html
from dash.development.base_component import Component

from dashboard.widgets import states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, tag


def banner(error_id: str) -> Component:
    """The banner at the top of the page; `error_id` is in the log, empty without a database."""
    text = (
        f"Reading failed (error {error_id} in the log). Retrying every 15 s."
        if error_id
        else "The database does not answer. Figures below are not updating; "
        "reports are rejected until it is back, and browsers resend them. "
        "Retrying every 15 s."
    )
    return html.Div([icon("warning"), html.Span(text), _retry_button()], className="banner")


def panel_failure(error_id: str, at: str) -> list[Component]:
    """The state of a panel without earlier data."""
    text = (
        f"The log has the details under error {error_id}."
        if error_id
        else "The database did not answer in time."
    )
    return [
        html.Div(tag(f"failed {at}", "bad"), className="state-tag"),
        *states.message("failed", "This panel could not be read", text, [_retry_button()]),
    ]


def _retry_button() -> Component:
    return html.Button(
        [icon("again"), "Try again"],
        type="button",
        className="button",
        **html_attributes({"data-act": "retry"}),
    )
