"""Slow readers: one of ten stops reading in its room while the others go on."""

from scripts.load.clients.scenario import Client

from .rooms import MEMBERS, Rooms


class SlowReaders(Rooms):
    """A server may close a slow reader (1013) and may drop what is meant for it; neither counts
    against it. The round trips are those of the other nine."""

    def talks(self, connection: Client, /) -> bool:
        return not is_slow(connection)

    def received(self, connection: Client, payload: bytes, at: float) -> None:
        super().received(connection, payload, at)
        if is_slow(connection) and connection.state.has_joined:
            self.left(connection.state)  # whatever comes is not expected
            connection.pause_reading()


def is_slow(connection: Client) -> bool:
    """The first of each ten."""
    return connection.number % MEMBERS == 0
