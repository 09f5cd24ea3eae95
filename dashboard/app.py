"""Creates the Dash application that serves all pages under /admin/."""

from functools import partial
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State
from dash.dependencies import MATCH
from flask import Flask

from analytics.services.services import Services
from dashboard.client.overview.page import BOARD as CLIENT_OVERVIEW
from dashboard.core import ids
from dashboard.core.document import INDEX, TITLE
from dashboard.people import page as people
from dashboard.server.alerts import page as alerts_page
from dashboard.server.history import page as history_page
from dashboard.server.messages.page import BOARD as SERVER_MESSAGES
from dashboard.server.overview import page as overview_page
from dashboard.server.performance import page as performance_page
from dashboard.server.rooms.page import BOARD as SERVER_ROOMS
from dashboard.server.storage import exports as storage_exports
from dashboard.server.storage import page as storage_page
from dashboard.shell import addresses, bell, layout, navigation, not_found
from settings import CHECKOUT

BOARDS = (CLIENT_OVERVIEW, SERVER_MESSAGES, SERVER_ROOMS)
ASSETS = CHECKOUT / "assets" / "dashboard"


def create(server: Flask, services: Services) -> dash.Dash:
    """Add the pages to `server`."""
    app = dash.Dash(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # its annotation forgets Flask
        url_base_pathname=addresses.ROOT,
        assets_folder=str(ASSETS),
        index_string=INDEX,
        title=TITLE,
        update_title="",
        suppress_callback_exceptions=True,
        enable_mcp=False,
        add_log_handler=False,
    )
    app.layout = layout.layout
    reports, viewer, now = services.reports, services.viewer, services.now
    storage_board = storage_page.board(services.storage)
    boards = (
        *BOARDS,
        overview_page.board(services.alerts.reports),
        performance_page.board(services.performance),
        history_page.page(services.history),
        storage_board,
    )
    pages: navigation.Pages = {
        **{board.address: board.layout for board in boards},
        addresses.SERVER_ALERTS: alerts_page.layout,
        storage_board.address: partial(storage_page.layout, storage_board),
        addresses.PEOPLE: people.layout,
    }
    navigation.register(app, pages, not_found.layout, viewer)
    navigation.register_choices(app, reports, now)
    for board in boards:
        board.register(app, reports, now)
    alerts_page.register(app, services.alerts, viewer, now)
    bell.register(app, services.alerts.reports)
    storage_exports.register(app, services.exports, viewer, now)
    people.register(app, services.accounts, viewer, now)
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
