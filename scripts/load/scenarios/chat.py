"""Chat: what people do in a chat, mixed by chance: most of it messages, some pings, some who leave
a room and come back."""

from random import Random

from scripts.load.clients.scenario import Client
from scripts.load.clients.tally import Tally

from .rooms import Rooms

PINGS = 0.25
LEAVING = 0.05


class Chat(Rooms):
    """As `Rooms`: 70 % messages to the room, 25 % pings, 5 % leave it; whoever left comes back
    next."""

    def __init__(self, tally: Tally, message_bytes: int, run: str) -> None:
        super().__init__(tally, message_bytes, run)
        self._random = Random(run)  # noqa: S311 - no secret

    def send(self, connection: Client, since: float) -> None:
        lot, room = self._random.random(), connection.state.room.name
        if not connection.state.has_joined:
            self._request(connection, since, type="join", room=room)
        elif lot < PINGS:
            self._request(connection, since, type="ping")
        elif lot < PINGS + LEAVING:
            self.left(connection.state)
            self._request(connection, since, type="leave", room=room)
        else:
            self.message(connection, since)
