"""The frame of a list: a head with title and summary, the rows, a foot."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component


def content_panel(
    title: str,
    unit: str,
    body: Sequence[Any],
    *,
    tools: Sequence[Any] = (),
    foot: Any = None,
    variant: str = "",
) -> Component:
    """A panel as high as its content; a message of `widgets.states` is centred in it."""
    is_message = any("state-title" in str(getattr(child, "className", "")) for child in body)
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
        className=f"panel panel-natural {variant}".strip(),
    )


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], variant: str = "") -> Component:
    """A table whose last column holds the buttons."""
    head = html.Thead(html.Tr([html.Th(title) for title in header]))
    body = html.Tbody(
        [
            html.Tr([html.Td(cell, className="acts" if column == len(row) - 1 else "")
                     for column, cell in enumerate(row)])
            for row in rows
        ]
    )  # fmt: skip
    return html.Div(
        html.Table([head, body], className=f"table-plain {variant}".strip()),
        className="table-scroll",
    )
