"""Storage & jobs: its panels and data source, and the exports below them."""

import dash
from dash import html
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.core import addresses
from dashboard.page.board import Board
from dashboard.page.page import CustomPage

from . import cards, data, days, exports, flow, odd_rows, others, sentence, tables
from .data import StorageData

BOARD: Board[StorageData] = Board(
    name="server-storage",
    title="Storage and jobs",
    address=addresses.SERVER_STORAGE,
    tab=exports.TAB,
    labels=cards.LABELS,
    panels=(
        (days.PANEL, days.draw),
        (tables.SIZES, tables.draw_sizes),
        (flow.FLOW, flow.draw_flow),
        (flow.REASONS, flow.draw_reasons),
        (tables.JOBS, tables.draw_jobs),
        (tables.RETENTION, tables.draw_retention),
        (others.PANEL, others.draw),
        (odd_rows.PANEL, odd_rows.draw),
    ),
    read=data.read,
    sentence=sentence.layout,
    cards=cards.layout,
    status=data.status,
    empty_state=lambda _: None,
)


def layout() -> Component:
    """The board, and the exports below it."""
    page = BOARD.layout()
    main = page.children[-1]
    main.children.append(html.Div(exports.layout(), className="panels panels-below"))
    return page


def register(app: dash.Dash, services: Services) -> None:
    """Fill the board; start and list exports."""
    BOARD.register(app, services)
    exports.register(app, services)


PAGE = CustomPage(
    address=BOARD.address, title=BOARD.title, tab=BOARD.tab, layout=layout, register=register
)
