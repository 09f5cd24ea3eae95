"""What a panel says when it has nothing to draw: what is missing, why, and what to do next."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon


def message(
    symbol: str, title: str, words: Any, actions: Sequence[Component] = ()
) -> list[Component]:
    """A centred message with an icon, at most one of its actions primary."""
    return [
        icon(symbol),
        html.H3(title, className="state-title"),
        html.P(words, className="state-words"),
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
                **marked({"data-copy": text}),
            ),
        ],
        className="snippet",
    )
