"""The "?" of the top bar: setting up, guide, glossary, API."""

from dash import html
from dash.development.base_component import Component

from dashboard.core import addresses
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, link


def layout() -> Component:
    """A menu of links."""
    return html.Details(
        [
            html.Summary(
                icon("help"), className="icon-button", **html_attributes({"aria-label": "Help"})
            ),
            html.Div(
                [
                    link("Set up", addresses.SETUP, "entry"),
                    link("Guide", addresses.GUIDE, "entry"),
                    link("Glossary", addresses.GLOSSARY, "entry"),
                    html.A("API description", href=addresses.href("/api/docs"), className="entry"),
                ],
                className="sheet",
            ),
        ],
        className="menu menu-right menu-help",
    )
