"""Who speaks on `/ws`: a connection with its name and the app it belongs to."""

from dataclasses import dataclass, field
from uuid import uuid4

from ingest.sockets.engine.connection import Connection


@dataclass(slots=True, eq=False)
class Peer:
    """One connection of `/ws`; `id` is what others see of it."""

    connection: Connection
    app: str
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def user(self) -> str | None:
        """The user its token names."""
        return self.connection.user

    def send(self, text: str, kind: str = "other") -> None:
        """Send a text message; waits while the peer is behind. Raises `ConnectionClosed`.

        It is counted under `kind`.
        """
        self.connection.tally.kinds_sent[kind] += 1
        self.connection.send(text)
