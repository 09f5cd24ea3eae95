"""Messages & errors: its panels and data source."""

from dashboard.core import addresses
from dashboard.page.board import Board
from dashboard.server import data
from dashboard.server.data import ServerData
from dashboard.server.empty_state import empty_state_of

from . import cards, rates, tables

PAGE: Board[ServerData] = Board(
    name="server-messages",
    title="Messages and errors",
    address=addresses.SERVER_MESSAGES,
    tab=data.tab("Messages & errors"),
    labels=cards.LABELS,
    panels=(
        (rates.PANEL, rates.draw),
        (tables.TYPES, tables.draw_types),
        (tables.ERRORS, tables.draw_errors),
        (tables.CLOSES, tables.draw_closes),
    ),
    read=data.read,
    sentence=lambda _: [],
    cards=cards.layout,
    status=data.status,
    empty_state=empty_state_of,
    is_live=True,
)
