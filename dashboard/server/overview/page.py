"""The server Overview: its panels and data source."""

from dashboard.core import addresses
from dashboard.page.board import Board
from dashboard.server.data import status, tab
from dashboard.server.empty_state import empty_state_of

from . import (
    cards,
    connections,
    data,
    errors,
    firing,
    opens_and_closes,
    round_trip,
    sentence,
    servers,
    workers,
)
from .data import OverviewData

PAGE: Board[OverviewData] = Board(
    name="server-overview",
    title="Server overview",
    address=addresses.SERVER,
    tab=tab("Overview"),
    labels=cards.LABELS,
    panels=(
        (connections.PANEL, connections.draw),
        (workers.PANEL, workers.draw),
        (firing.PANEL, firing.draw),
        (opens_and_closes.PANEL, opens_and_closes.draw),
        (errors.PANEL, errors.draw),
        (round_trip.PANEL, round_trip.draw),
        (servers.PANEL, servers.draw),
    ),
    read=data.read,
    sentence=sentence.layout,
    cards=cards.layout,
    status=status,
    empty_state=empty_state_of,
    is_live=True,
)
