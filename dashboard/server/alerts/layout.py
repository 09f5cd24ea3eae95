"""The frame of the Alerts page, without data."""

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.server.alerts.core import alert_ids
from dashboard.widgets.attributes import html_attributes


def layout() -> Component:
    """The frame, without data."""
    return html.Div(
        [
            html.Div(id=alert_ids.BAR, className="filter-bar alerts-bar"),
            html.Main(
                [
                    html.H1("Alerts", className="visually-hidden"),
                    html.Div(id=alert_ids.BANNER, role="status"),
                    html.Div(id=alert_ids.NOTICE, role="status"),
                    html.Div(
                        [html.Div(id=alert_ids.LISTS, className="alerts-lists"),
                         html.Div(id=alert_ids.SIDE, className="alerts-side")],
                        id=alert_ids.GRID,
                        className="alerts-grid",
                    ),
                    dcc.Store(id=alert_ids.OUTCOME),
                    html.Button(
                        id="alerts-retry", n_clicks=0, hidden=True,
                        **html_attributes({"data-retry": "true"}),
                    ),
                ],
                className="page",
            ),
        ]
    )  # fmt: skip
