"""Reads rendered components: their texts, links, and the rows of their tables."""

from collections.abc import Iterator
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.formatting.numbers import THIN


def components_of(content: Any, css_class: str = "") -> list[Any]:
    """Every component in `content`, outermost first; with `css_class` those that have it."""
    return [
        component
        for component in _walk(content)
        if not css_class or css_class in str(getattr(component, "className", "")).split()
    ]


def text_of(content: Any) -> str:
    """All text, thin spaces as plain ones."""
    if isinstance(content, Component):
        return text_of(getattr(content, "children", None))
    if isinstance(content, list | tuple):
        return "".join(map(text_of, content))
    return "" if content is None else str(content).replace(THIN, " ")


def texts_of(content: Any, css_class: str) -> list[str]:
    """The text of each component with this class."""
    return [text_of(component) for component in components_of(content, css_class)]


def table_rows(content: Any) -> list[list[str]]:
    """The texts of the body cells, by row."""
    bodies = [part for part in _walk(content) if isinstance(part, html.Tbody)]
    rows = [part for part in _walk(bodies) if isinstance(part, html.Tr)]
    return [[text_of(cell) for cell in row.children] for row in rows]


def links_of(content: Any) -> dict[str, str]:
    """The addresses of all links by their text."""
    return {text_of(part): part.href for part in _walk(content) if getattr(part, "href", "")}


def button_ids(content: Any) -> list[dict[str, Any]]:
    """The ids of all buttons that have a pattern-matching id."""
    ids = [part.id for part in _walk(content) if getattr(part, "id", None)]
    return [component_id for component_id in ids if isinstance(component_id, dict)]


def _walk(content: Any) -> Iterator[Any]:
    if isinstance(content, list | tuple):
        for part in content:
            yield from _walk(part)
    elif isinstance(content, Component):
        yield content
        yield from _walk(getattr(content, "children", None))
