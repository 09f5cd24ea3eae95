"""A small table in a panel: text left, numbers right, units in the header."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

Cell = Any


def layout(header: Sequence[str], rows: Sequence[Sequence[Cell]], texts: int = 1) -> Component:
    """The table; its first `texts` columns hold text, the others numbers."""
    head = html.Thead(_row(html.Th, header, texts))
    body = html.Tbody([_row(html.Td, row, texts) for row in rows])
    return html.Div(html.Table([head, body], className="table-plain"), className="table-scroll")


def _row(kind: Any, cells: Sequence[Cell], texts: int) -> Component:
    return html.Tr([_cell(kind, cell, place, texts) for place, cell in enumerate(cells)])


def _cell(kind: Any, content: Cell, place: int, texts: int) -> Component:
    title = {"title": content} if isinstance(content, str) and place < texts else {}
    look = "clip" if place < texts else "n num"
    cell: Component = kind(content, className=look, **title)
    return cell
