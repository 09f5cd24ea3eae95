"""The bell of the top bar: how many alerts fire and nobody takes care of, on every page."""

from typing import Any

import dash
from dash import Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from analytics.alerting.services.reports import AlertReports
from analytics.reports.reports import DatabaseAway
from dashboard.core import ids
from dashboard.shell import addresses
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon


def layout() -> Component:
    """The link to the alerts, without a number yet."""
    return html.Span(
        [
            dcc.Link(
                [icon("bell", "Alerts"), count("firing-count firing-badge")],
                href=addresses.SERVER_ALERTS,
                id=ids.BELL,
                className="icon-button bell",
                title="Alerts",
            ),
            dcc.Store(id=ids.FIRING),
        ]
    )


def count(look: str = "firing-count") -> Component:
    """Where the page writes the number; hidden while nothing fires."""
    return html.Span(className=look, hidden=True, **marked({"aria-live": "polite"}))


def register(app: dash.Dash, reports: AlertReports) -> None:
    """Count with each page and each tick; without an answer the last number stays."""

    @app.callback(Output(ids.FIRING, "data"), Input(ids.URL, "pathname"), Input(ids.TICK, "data"))
    def firing(_path: str, _tick: object) -> Any:
        try:
            return reports.firing()
        except DatabaseAway:
            return no_update
