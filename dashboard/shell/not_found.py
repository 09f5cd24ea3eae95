"""The not-found page under /admin/."""

from dash import html
from dash.development.base_component import Component

from dashboard.widgets import states
from dashboard.widgets.pieces import link


def layout() -> Component:
    """A message with links to the overviews."""
    return html.Main(
        [
            html.H1("Page not found", className="visually-hidden"),
            html.Section(
                states.message(
                    "help",
                    "There is no page at this address",
                    "The link may be old, or mistyped.",
                    [
                        link(
                            "Open the client overview",
                            "/admin/websocket-client-metrics",
                            "button button-primary",
                        ),
                        link("Open the server overview", "/admin/websocket-analytics", "button"),
                    ],
                ),
                className="panel panel-alone",
            ),
        ],
        className="page",
    )
