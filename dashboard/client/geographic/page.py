"""The Geographic page: where people are, and what they get there."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, html
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.url_state import GeographicTab, read_view
from dashboard.client.geographic.country import advice_panel, breakdown, multiples, over_time, watch
from dashboard.client.geographic.map import map_panel
from dashboard.core import addresses, ids
from dashboard.page import automated, freshness
from dashboard.page.board import Board
from dashboard.page.page import CustomPage
from dashboard.shell import country_source
from dashboard.widgets.attributes import html_attributes
from models.metrics.dimensions import DIMENSIONS

from . import controls, empty_state, reading, search, table

CONTROLS = "geographic-controls"
TAB = GeographicTab(label="Geographic", section="Client", dimensions=DIMENSIONS, default_range="7d")


def _status(page_data: GeographicData) -> list[Component]:
    label = freshness.status_label(page_data, page_data.current.data_as_of)
    route = "/api/ws/client-metrics/geographic"
    view, datasets = page_data.view, ("sessions", "client-reports")
    freshness_label, *menus = freshness.layout(
        page_data, label, route, view.client_filters().active(), datasets
    )
    return [
        *automated.note(view, page_data.current.automated_sessions),
        html.Span([freshness_label, *_source(page_data)], className="status-line"),
        *menus,
    ]


def _source(page_data: GeographicData) -> list[Component]:
    """Where countries come from, for the picture of the map; the foot says whether it is old."""
    source = page_data.source
    if source is None:
        return [html.Span(" · geolocation is off")]
    built, origin = source.built_at, country_source.origin(source)
    return [html.Span([f" · country database of {built.day} {built:%b %Y}, ", origin])]


BOARD: Board[GeographicData] = Board(
    name="client-geographic",
    title="Geographic",
    address=addresses.CLIENT_GEOGRAPHIC,
    tab=TAB,
    labels=(),
    panels=(
        (map_panel.PANEL, map_panel.draw),
        (table.PANEL, table.draw),
        (over_time.PANEL, over_time.draw),
        (advice_panel.PANEL, advice_panel.draw),
        (breakdown.PANEL, breakdown.draw),
        *((multiples.panel(key), multiples.renderer(key)) for key in multiples.KEYS),
    ),
    read=reading.read,
    sentence=lambda _: [],
    cards=lambda _: [],
    status=_status,
    empty_state=empty_state.empty_state_of,
)


def layout() -> Component:
    """Frames, the container of the controls, the search, and the closed dialog."""
    filter_row, main = BOARD.layout().children
    bar = html.Div(
        [html.Div(id=CONTROLS, className="segment-bar"), search.layout()],
        className="map-controls",
    )
    return html.Div(
        [filter_row, bar, main, watch.layout()], **html_attributes({"data-geographic": "true"})
    )


def register(app: dash.Dash, services: Services) -> None:
    """Fill the board; the controls depend on the URL alone and work without a database."""
    BOARD.register(app, services)
    watch.add_callbacks(app, services, TAB)
    search.add_callbacks(app)

    @app.callback(Output(CONTROLS, "children"), Input(ids.URL, "search"))
    def choice(query: str) -> list[Component]:
        return controls.layout(read_view(query, TAB.default_range))

    _select_on_click(app)


def _select_on_click(app: Any) -> None:
    """In the browser: a click on the map selects a country."""
    app.clientside_callback(
        ClientsideFunction("map", "select"),
        Output(ids.drawing(map_panel.PANEL.name), "modified_timestamp"),
        Input(ids.chart(map_panel.PANEL.name), "clickData"),
        prevent_initial_call=True,
    )


PAGE = CustomPage(
    address=BOARD.address, title=BOARD.title, tab=TAB, layout=layout, register=register
)
