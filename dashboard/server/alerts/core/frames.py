"""The frame of a list: a head with title and reading, the rows, a foot."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component


def framed(
    title: str,
    unit: str,
    body: Sequence[Any],
    *,
    tools: Sequence[Any] = (),
    foot: Any = None,
    look: str = "",
) -> Component:
    """A panel as high as its content; messages of `states` are centred in it."""
    is_message = any("state-title" in str(getattr(one, "className", "")) for one in body)
    return html.Section(
        [
            html.Header(
                [
                    html.H2(title, className="panel-title"),
                    html.Span(unit, className="panel-unit num"),
                    html.Div(list(tools), className="frame-tools"),
                ],
                className="panel-head",
            ),
            html.Div(list(body), className="frame-body" + (" frame-message" if is_message else "")),
            html.Footer(foot, className="panel-foot") if foot else None,
        ],
        className=f"panel panel-natural {look}".strip(),
    )


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], look: str = "") -> Component:
    """A table whose last column holds the acts."""
    head = html.Thead(html.Tr([html.Th(word) for word in header]))
    body = html.Tbody(
        [
            html.Tr([html.Td(cell, className="acts" if place == len(row) - 1 else "")
                     for place, cell in enumerate(row)])
            for row in rows
        ]
    )  # fmt: skip
    return html.Div(
        html.Table([head, body], className=f"table-plain {look}".strip()), className="table-scroll"
    )
