"""The server Overview: which panels, and how they are read."""

from analytics.alerting.services.reports import AlertReports
from dashboard.page.page import Board
from dashboard.server import data
from dashboard.server.data import Reading
from dashboard.server.empty_state import vacancy
from dashboard.shell import addresses

from . import cards, connections, errors, firing, opens_and_closes, round_trip, sentence, workers


def board(alerts: AlertReports) -> Board[Reading]:
    """The board; `alerts` tells what fires."""
    return Board(
        name="server-overview",
        title="Server overview",
        address=addresses.SERVER,
        labels=cards.LABELS,
        panels=(
            (connections.PANEL, connections.draw),
            (workers.PANEL, workers.draw),
            (firing.PANEL, firing.drawer(alerts)),
            (opens_and_closes.PANEL, opens_and_closes.draw),
            (errors.PANEL, errors.draw),
            (round_trip.PANEL, round_trip.draw),
        ),
        read=data.read,
        sentence=sentence.layout,
        cards=cards.layout,
        status=data.status,
        vacancy=vacancy,
        is_live=True,
    )
