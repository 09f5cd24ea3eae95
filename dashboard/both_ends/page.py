"""One connection, both ends: a tab of the server and of the browsers."""

from dashboard.core import addresses
from dashboard.page.board import Board

from . import cards, data, matrix, stories
from .data import EndsData
from .empty_state import empty_state_of
from .url_state import EndsTab


def board_of(section: str, address: str) -> Board[EndsData]:
    """The page in a section of the navigation."""
    side = section.lower()
    return Board(
        name=f"{side}-both-ends",
        title="One connection, both ends"
        if section == "Client"
        else "Server: one connection, both ends",
        address=address,
        tab=EndsTab(
            label="Both ends", section=section, dimensions={"app": "App"}, is_compared=False
        ),
        labels=cards.LABELS,
        panels=((matrix.panel(side), matrix.draw), (stories.panel(side), stories.draw)),
        read=data.read,
        sentence=cards.sentence,
        cards=cards.layout,
        status=data.status,
        empty_state=empty_state_of,
    )


SERVER_PAGE = board_of("Server", addresses.SERVER_BOTH_ENDS)
PAGE = board_of("Client", addresses.CLIENT_BOTH_ENDS)
