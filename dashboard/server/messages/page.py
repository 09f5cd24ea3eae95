"""Messages & errors: which panels, and how they are read."""

from dashboard.board import Board
from dashboard.server import reading
from dashboard.server.reading import Reading
from dashboard.server.vacancy import vacancy
from dashboard.shell import places

from . import cards, rates, tables

BOARD: Board[Reading] = Board(
    name="server-messages",
    title="Messages and errors",
    address=places.SERVER_MESSAGES,
    labels=cards.LABELS,
    panels=(
        (rates.PANEL, rates.draw),
        (tables.TYPES, tables.draw_types),
        (tables.ERRORS, tables.draw_errors),
        (tables.CLOSES, tables.draw_closes),
    ),
    read=reading.read,
    sentence=lambda _: [],
    cards=cards.layout,
    status=reading.status,
    vacancy=vacancy,
    is_live=True,
)
