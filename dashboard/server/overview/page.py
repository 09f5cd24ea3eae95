"""The server Overview: which panels, and how they are read."""

from analytics.alerting.services.reports import AlertReports
from dashboard.board import Board
from dashboard.server import reading
from dashboard.server.reading import Reading
from dashboard.server.vacancy import vacancy
from dashboard.shell import places

from . import cards, comings, connections, errors, firing, round_trip, sentence, workers


def board(alerts: AlertReports) -> Board[Reading]:
    """The board; `alerts` tells what fires."""
    return Board(
        name="server-overview",
        title="Server overview",
        address=places.SERVER,
        labels=cards.LABELS,
        panels=(
            (connections.PANEL, connections.draw),
            (workers.PANEL, workers.draw),
            (firing.PANEL, firing.drawer(alerts)),
            (comings.PANEL, comings.draw),
            (errors.PANEL, errors.draw),
            (round_trip.PANEL, round_trip.draw),
        ),
        read=reading.read,
        sentence=sentence.layout,
        cards=cards.layout,
        status=reading.status,
        vacancy=vacancy,
        is_live=True,
    )
