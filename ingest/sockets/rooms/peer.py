"""A client of `/ws`: a connection with its id and app."""

from dataclasses import dataclass, field
from uuid import uuid4

from ingest.sockets.engine.connection import Connection


@dataclass(slots=True, eq=False)
class Peer:
    """One connection of `/ws`; `id` is its public name (`from` in messages)."""

    connection: Connection
    app: str
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def user(self) -> str | None:
        """The user named by its token."""
        return self.connection.user

    def send(self, text: str, kind: str = "other") -> None:
        """Send a text message; blocks while the peer reads slowly. Raises `ConnectionClosed`.

        It is counted under `kind`.
        """
        self.connection.tally.kinds_sent[kind] += 1
        self.connection.send(text)
