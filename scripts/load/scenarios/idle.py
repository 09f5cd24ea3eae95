"""Idle: connections that stay open and say nothing."""

from scripts.load.clients.connection import Connection


class Idle:
    """Measures how many connections a server carries; it has no round trips."""

    path = "/ws"

    def opened(self, connection: Connection) -> None: ...

    def talks(self, _: Connection, /) -> bool:
        return False

    def send(self, connection: Connection, since: float) -> None: ...

    def received(self, connection: Connection, payload: bytes) -> None: ...

    def closed(self, connection: Connection) -> None: ...
