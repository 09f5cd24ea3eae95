"""The smallest pieces: icons, tags, times, buttons, links."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.core import addresses

Children = Any


def icon(name: str, label: str = "") -> Component:
    """An icon; without a label it is decorative."""
    aria: dict[str, Any] = (
        {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    )
    return html.Span(className=f"icon icon-{name}", **aria)


def tag(content: Children, variant: str = "unknown", arrow: str = "") -> Component:
    """A tag in the variant `good warn bad unknown plain`, with an arrow `up` or `down`."""
    return html.Span([icon(arrow) if arrow else None, content], className=f"tag tag-{variant}")


def button(
    content: Children, component_id: Any = None, *, primary: bool = False, **attributes: Any
) -> Component:
    """A button; at most one primary in view."""
    with_id = {"id": component_id} if component_id is not None else {}
    css_class = "button button-primary" if primary else "button"
    return html.Button(
        content, type="button", className=css_class, n_clicks=0, **with_id, **attributes
    )


def link(content: Children, href: str, css_class: str = "link") -> Component:
    """A link inside the product."""
    return dcc.Link(content, href=addresses.href(href), className=css_class)


def menu(summary: Children, entries: Children, css_class: str = "", label: str = "") -> Component:
    """A button that opens a small sheet; closed by Escape, an entry, or a click elsewhere.

    `label` is read out before the visible text, which stays part of the name.
    """
    visible = summary if isinstance(summary, list) else [summary]
    name = [html.Span(label, className="visually-hidden")] if label else []
    return html.Details(
        [
            html.Summary([*name, *visible], className="control"),
            html.Div(entries, className="sheet"),
        ],
        className=f"menu {css_class}".strip(),
    )


def number(text: str, css_class: str = "") -> Component:
    """Text with tabular figures."""
    return html.Span(text, className=f"num {css_class}".strip())
