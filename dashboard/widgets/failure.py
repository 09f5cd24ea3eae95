"""What a page says when reading fails: a banner that lasts, and panels without anything older."""

from dash import html
from dash.development.base_component import Component

from dashboard.widgets import states
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon, tag


def banner(mark: str) -> Component:
    """What lasts stands at the top of the page, not in a toast."""
    words = (
        f"Something went wrong while reading (number {mark}). Trying again every 15 s."
        if mark
        else "The database does not answer. Figures below are not updating; "
        "reports are refused until it is back and browsers send them again. "
        "Trying again every 15 s."
    )
    return html.Div([icon("warning"), html.Span(words), _again()], className="banner")


def unreadable(mark: str, at: str) -> list[Component]:
    """The state of a panel that has nothing older to show."""
    words = (
        f"The log names the fault under {mark}." if mark else "The database did not answer in time."
    )
    return [
        html.Div(tag(f"failed {at}", "bad"), className="state-tag"),
        *states.message("failed", "This panel could not be read", words, [_again()]),
    ]


def _again() -> Component:
    return html.Button(
        [icon("again"), "Try again"],
        type="button",
        className="button",
        **marked({"data-act": "retry"}),
    )
