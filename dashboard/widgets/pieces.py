"""The smallest pieces: icons, tags, times, buttons, links."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

Children = Any


def icon(name: str, label: str = "") -> Component:
    """An icon; without a label it is decoration beside a word."""
    described: dict[str, Any] = (
        {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    )
    return html.Span(className=f"icon icon-{name}", **described)


def tag(words: Children, verdict: str = "unknown", arrow: str = "") -> Component:
    """A verdict in a word: `good warn bad unknown`, with an arrow `up` or `down`."""
    return html.Span([icon(arrow) if arrow else None, words], className=f"tag tag-{verdict}")


def button(words: Children, name: Any = None, *, primary: bool = False, **more: Any) -> Component:
    """A button; at most one primary in view."""
    named = {"id": name} if name is not None else {}
    look = "button button-primary" if primary else "button"
    return html.Button(words, type="button", className=look, n_clicks=0, **named, **more)


def link(words: Children, href: str, look: str = "link") -> Component:
    """A link inside the product."""
    return dcc.Link(words, href=href, className=look)


def menu(summary: Children, entries: Children, look: str = "", label: str = "") -> Component:
    """A button that opens a small sheet; closed by Escape, a choice, or a click elsewhere."""
    described: dict[str, Any] = {"aria-label": label} if label else {}
    return html.Details(
        [
            html.Summary(summary, className="control", **described),
            html.Div(entries, className="sheet"),
        ],
        className=f"menu {look}".strip(),
    )


def number(text: str, look: str = "") -> Component:
    """Figures of equal width."""
    return html.Span(text, className=f"num {look}".strip())
