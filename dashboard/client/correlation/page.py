"""The page of correlations: what connections do, beside what people experience."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, html
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.url_state import CorrelationTab
from dashboard.client.correlation.core.values import sessions_text
from dashboard.client.correlation.cost import cost_days, cost_table
from dashboard.client.correlation.matrix import heatmap, pair_table, seed_pairs
from dashboard.client.correlation.pair import dose, scatter, shifts, summary, views
from dashboard.core import addresses, ids
from dashboard.page import freshness
from dashboard.page.board import Board
from dashboard.page.page import CustomPage
from dashboard.widgets.attributes import html_attributes
from models.metrics.dimensions import DIMENSIONS

from . import controls, empty_state, reading

ROUTE = "/api/ws/client-metrics/ux-correlation"
CONTROLS = "correlation-controls"
TAB = CorrelationTab(
    label="UX correlation", section="Client", default_range="30d", is_compared=False,
    # A session has many pages.
    dimensions={name: label for name, label in DIMENSIONS.items() if name != "page"},
)  # fmt: skip


def _status(page_data: CorrelationData) -> list[Component]:
    result = page_data.correlations
    label = freshness.status_label(page_data, result.end)
    label += f" · weekly rhythm of {result.zone} removed"
    if result.read_share < 1:
        label += f" · {sessions_text(result.sessions, result.read_share)}"
    query = page_data.view.client_filters().active()
    return freshness.layout(page_data, label, ROUTE, query, ("sessions", "client-reports"))


BOARD: Board[CorrelationData] = Board(
    name="client-correlation",
    title="UX correlation",
    address=addresses.CLIENT_CORRELATION,
    tab=TAB,
    labels=seed_pairs.LABELS,
    panels=(
        (heatmap.PANEL, heatmap.draw),
        (summary.PANEL, summary.draw),
        (scatter.PANEL, scatter.draw),
        (views.PANEL, views.draw),
        (shifts.PANEL, shifts.draw),
        (dose.PANEL, dose.draw),
        (cost_table.PANEL, cost_table.draw),
        (cost_days.PANEL, cost_days.draw),
        (pair_table.PANEL, pair_table.draw),
    ),
    read=reading.read,
    sentence=lambda _: [],
    cards=seed_pairs.cells,
    status=_status,
    empty_state=empty_state.empty_state_of,
)


def layout() -> Component:
    """Frames, and the container of the control."""
    filter_row, main = BOARD.layout().children
    bar = html.Div(html.Div(id=CONTROLS, className="segment-bar"), className="map-controls")
    return html.Div([filter_row, bar, main], **html_attributes({"data-correlation": "true"}))


def register(app: dash.Dash, services: Services) -> None:
    """Fill the board; the control depends on the URL alone and works without a database."""
    BOARD.register(app, services)

    @app.callback(Output(CONTROLS, "children"), Input(ids.URL, "search"))
    def choice(query: str) -> list[Component]:
        return controls.layout(TAB.view(query))

    _draw_on_click(app)


def _draw_on_click(app: Any) -> None:
    """In the browser: a click on a cell draws its pair."""
    app.clientside_callback(
        ClientsideFunction("correlation", "select"),
        Output(ids.drawing(heatmap.PANEL.name), "modified_timestamp"),
        Input(ids.chart(heatmap.PANEL.name), "clickData"),
        prevent_initial_call=True,
    )


PAGE = CustomPage(
    address=BOARD.address, title=BOARD.title, tab=TAB, layout=layout, register=register
)
