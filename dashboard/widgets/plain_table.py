"""A small table in a panel: text left, numbers right, units in the header."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

Cell = Any


def layout(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], text_columns: int = 1
) -> Component:
    """The table; its first `text_columns` columns hold text, the others numbers."""
    head = html.Thead(_row(html.Th, header, text_columns))
    body = html.Tbody([_row(html.Td, row, text_columns) for row in rows])
    return html.Div(html.Table([head, body], className="table-plain"), className="table-scroll")


def _row(kind: Any, cells: Sequence[Cell], text_columns: int) -> Component:
    return html.Tr([_cell(kind, cell, index, text_columns) for index, cell in enumerate(cells)])


def _cell(kind: Any, content: Cell, index: int, text_columns: int) -> Component:
    title = {"title": content} if isinstance(content, str) and index < text_columns else {}
    css_class = "clip" if index < text_columns else "n num"
    cell: Component = kind(content, className=css_class, **title)
    return cell
