"""Creates the Dash application that serves all pages under /admin/."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State
from dash.dependencies import MATCH
from flask import Flask

from analytics.services.services import Services
from dashboard.both_ends import page as both_ends
from dashboard.client.anomalies import page as anomalies
from dashboard.client.correlation import page as correlation
from dashboard.client.geographic import page as geographic
from dashboard.client.overview import page as client_overview
from dashboard.core import addresses, ids
from dashboard.core.document import TITLE, index
from dashboard.core.page_files import page_files
from dashboard.guide import pages as guide
from dashboard.page.page import Page
from dashboard.people import own_account
from dashboard.people import page as people
from dashboard.server.alerts import page as alerts
from dashboard.server.history import page as history
from dashboard.server.messages import page as messages
from dashboard.server.overview import page as server_overview
from dashboard.server.performance import page as performance
from dashboard.server.rooms import page as rooms
from dashboard.server.storage import page as storage
from dashboard.server.testing import page as testing
from dashboard.setup import page as setup
from dashboard.shell import bell, demo_banner, layout, page_file_routes, typed_range
from dashboard.shell.navigation import Navigation
from settings import CHECKOUT

PAGES: tuple[Page, ...] = (
    server_overview.PAGE,
    messages.PAGE,
    rooms.PAGE,
    performance.PAGE,
    history.PAGE,
    anomalies.SERVER_PAGE,
    both_ends.SERVER_PAGE,
    alerts.PAGE,
    testing.PAGE,
    storage.PAGE,
    client_overview.PAGE,
    geographic.PAGE,
    anomalies.PAGE,
    correlation.PAGE,
    both_ends.PAGE,
    setup.PAGE,
    guide.GUIDE,
    guide.GLOSSARY,
    own_account.PAGE,
    people.PAGE,
)
ASSETS = CHECKOUT / "assets"


def create(server: Flask, services: Services) -> dash.Dash:
    """Add the pages to `server`."""
    files = page_files(ASSETS)
    app = dash.Dash(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # its annotation forgets Flask
        routes_pathname_prefix=addresses.ROOT,
        requests_pathname_prefix=services.settings.path_prefix + addresses.ROOT,
        assets_folder=str(ASSETS / "dashboard"),
        assets_ignore=".*",  # they are joined
        index_string=index(files, services.settings.path_prefix),
        title=TITLE,
        update_title="",
        suppress_callback_exceptions=True,
        enable_mcp=False,
        add_log_handler=False,
    )
    app.layout = lambda: layout.layout(services.country_source(), services.now())
    page_file_routes.serve(server, files)
    guide.serve_lines(server)
    Navigation(PAGES).register(app, services)
    bell.register(app, services)
    demo_banner.register(app, services)
    typed_range.register(app, services)
    for page in PAGES:
        page.register(app, services)
    _register_in_browser(app)
    return app


def _register_in_browser(app: Any) -> None:
    """Client-side callbacks; their code is in assets/dashboard."""
    app.clientside_callback(
        ClientsideFunction("page", "zone"), Output(ids.ZONE, "data"), Input(ids.URL, "id")
    )
    app.clientside_callback(
        ClientsideFunction("page", "tick"),
        Output(ids.TICK, "data"),
        Input(ids.TIMER, "n_intervals"),
        State(ids.URL, "search"),
    )
    app.clientside_callback(
        ClientsideFunction("page", "ring"),
        Output(ids.BELL, "title"),
        Input(ids.FIRING, "data"),
        Input(ids.TABS, "children"),
    )
    app.clientside_callback(
        ClientsideFunction("calendar", "apply"),
        Output(ids.READ_RANGE, "modified_timestamp"),
        Input(ids.READ_RANGE, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("chart", "draw"),
        Output({"type": "chart", "panel": MATCH}, "figure"),
        Input({"type": "drawing", "panel": MATCH}, "data"),
        Input(ids.THEME, "data"),
        State({"type": "chart", "panel": MATCH}, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("chart", "hover"),
        Output({"type": "hover", "panel": MATCH}, "style"),
        Input({"type": "chart", "panel": MATCH}, "hoverData"),
        State({"type": "panel-table", "panel": MATCH}, "data"),
        State({"type": "chart", "panel": MATCH}, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("chart", "zoom"),
        Output({"type": "hover", "panel": MATCH}, "title"),
        Input({"type": "chart", "panel": MATCH}, "relayoutData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("panel", "keep"),
        Output({"type": "panel-table", "panel": MATCH}, "modified_timestamp"),
        Input({"type": "panel-table", "panel": MATCH}, "data"),
        State({"type": "panel-table", "panel": MATCH}, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("storage", "fetch"),
        Output(ids.EXPORT_FETCH, "modified_timestamp"),
        Input(ids.EXPORT_FETCH, "data"),
        prevent_initial_call=True,
    )
