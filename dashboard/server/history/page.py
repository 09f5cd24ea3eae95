"""History: any range, up to five series of servers and browsers, compared with before."""

import dash
from dash import Input, Output, html
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.core import addresses, ids
from dashboard.page.board import Board
from dashboard.page.page import CustomPage, Tab
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

from . import chart, data, picker, summary
from .data import HistoryData
from .empty_state import empty_state_of

BOARD: Board[HistoryData] = Board(
    name="server-history",
    title="History",
    address=addresses.SERVER_HISTORY,
    tab=Tab(
        label="History",
        section="Server",
        dimensions=SERVER_DIMENSIONS | DIMENSIONS,
        default_range="7d",
    ),
    labels=(),
    panels=(
        *((chart.slot(index), chart.renderer(index)) for index in chart.SLOTS),
        (summary.PANEL, summary.draw),
    ),
    read=data.read,
    sentence=lambda _: [],
    cards=lambda _: [],
    status=data.status,
    empty_state=empty_state_of,
)


def layout() -> Component:
    """Frames, and the container of the picker."""
    filter_row, main = BOARD.layout().children
    return html.Div([filter_row, html.Div(id=ids.PICKER, className="picker"), main])


def register(app: dash.Dash, services: Services) -> None:
    """Fill the board; the picker depends on the URL alone and works without a database."""
    BOARD.register(app, services)

    @app.callback(Output(ids.PICKER, "children"), Input(ids.URL, "search"))
    def choice(search: str) -> list[Component | None]:
        return picker.layout(BOARD.tab.view(search))


PAGE = CustomPage(
    address=BOARD.address, title=BOARD.title, tab=BOARD.tab, layout=layout, register=register
)
