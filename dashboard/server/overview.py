"""The server Overview: nothing is measured on the server yet, and the page says just that."""

from dash import html
from dash.development.base_component import Component

from dashboard.widgets import states
from dashboard.widgets.pieces import link


def layout() -> Component:
    """An honest empty page with a way on."""
    return html.Main(
        [
            html.H1("Server overview", className="visually-hidden"),
            html.Section(
                states.message(
                    "server",
                    "No server figures yet",
                    "Connections, rooms, messages and workers as the server counts them are not "
                    "recorded by this version. What browsers measure of the same connections is "
                    "under Client.",
                    [
                        link(
                            "Open the client overview",
                            "/admin/websocket-client-metrics",
                            "button button-primary",
                        )
                    ],
                ),
                className="panel panel-alone",
            ),
        ],
        className="page",
    )
