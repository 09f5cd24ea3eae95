"""The bell of the top bar: how many alerts fire, and how many of them are acknowledged."""

from typing import Any

import dash
from dash import Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.core import addresses, ids
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon


def layout() -> Component:
    """The link to the alerts; the number follows by callback."""
    return html.Span(
        [
            dcc.Link(
                [icon("bell", "Alerts"), count("firing-count firing-badge")],
                href=addresses.href(addresses.SERVER_ALERTS),
                id=ids.BELL,
                className="icon-button bell",
                title="Alerts",
            ),
            dcc.Store(id=ids.FIRING),
        ]
    )


def count(css_class: str = "firing-count") -> Component:
    """The element for the number; hidden while nothing fires."""
    return html.Span(className=css_class, hidden=True, **html_attributes({"aria-live": "polite"}))


def register(app: dash.Dash, services: Services) -> None:
    """Count on each page change and tick; without a database the last number stays."""

    @app.callback(Output(ids.FIRING, "data"), Input(ids.URL, "pathname"), Input(ids.TICK, "data"))
    def firing(_path: str, _tick: object) -> Any:
        try:
            return services.alerts.reports.firing()._asdict()
        except DatabaseAway:
            return no_update
