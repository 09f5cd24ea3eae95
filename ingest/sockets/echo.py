"""`/ws/echo`: returns every message, so that a round trip measures the network alone."""

from ingest.sockets.engine.connection import Connection


def echo(connection: Connection) -> None:
    """Return each text or binary message unchanged until the connection ends."""
    connection.each(connection.send)
