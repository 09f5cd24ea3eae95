"""Idle: connections that stay open and say nothing."""

from scripts.load.clients.scenario import Client


class Idle:
    """Measures how many connections a server carries; it has no round trips."""

    path = "/ws"

    def opened(self, connection: Client) -> None: ...

    def talks(self, _: Client, /) -> bool:
        return False

    def send(self, connection: Client, since: float) -> None: ...

    def received(self, connection: Client, payload: bytes, at: float) -> None: ...

    def closed(self, connection: Client) -> None: ...
