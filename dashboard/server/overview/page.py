"""The server Overview: its panels and data source."""

from analytics.alerting.services.reports import AlertReports
from dashboard.page.page import Board
from dashboard.server import data
from dashboard.server.data import ServerData
from dashboard.server.empty_state import empty_state_of
from dashboard.shell import addresses

from . import cards, connections, errors, firing, opens_and_closes, round_trip, sentence, workers


def board(alerts: AlertReports) -> Board[ServerData]:
    """The board; `alerts` reads the firing alerts."""
    return Board(
        name="server-overview",
        title="Server overview",
        address=addresses.SERVER,
        labels=cards.LABELS,
        panels=(
            (connections.PANEL, connections.draw),
            (workers.PANEL, workers.draw),
            (firing.PANEL, firing.renderer(alerts)),
            (opens_and_closes.PANEL, opens_and_closes.draw),
            (errors.PANEL, errors.draw),
            (round_trip.PANEL, round_trip.draw),
        ),
        read=data.read,
        sentence=sentence.layout,
        cards=cards.layout,
        status=data.status,
        empty_state=empty_state_of,
        is_live=True,
    )
