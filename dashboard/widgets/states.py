"""Messages of a panel without content: what is missing, why, and what to do."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon


def message(
    symbol: str, title: str, text: Any, actions: Sequence[Component] = ()
) -> list[Component]:
    """A centred message with an icon, at most one of its actions primary."""
    return [
        icon(symbol),
        html.H3(title, className="state-title"),
        html.P(text, className="state-words"),
        html.Div(list(actions), className="state-actions"),
    ]


def snippet(text: str) -> Component:
    """A line to copy."""
    return html.Div(
        [
            html.Code(text),
            html.Button(
                icon("copy", "Copy"),
                type="button",
                className="snippet-copy",
                **html_attributes({"data-copy": text}),
            ),
        ],
        className="snippet",
    )
