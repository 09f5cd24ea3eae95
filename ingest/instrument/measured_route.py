"""Routes of a stock flask-sock application, with their sockets measured.

simple-websocket may run handlers in threads, so counting takes a lock here, unlike in our engine.
"""

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from flask_sock import Sock
from simple_websocket import ConnectionClosed
from wsproto.connection import ConnectionState

from .exporter import Exporter

NORMAL, LOST, INTERNAL_ERROR = 1000, 1006, 1011
Message = str | bytes


class MeasuredSocket:
    """A socket of simple-websocket: everything it has, with its messages counted."""

    def __init__(self, socket: Any, courier: Exporter) -> None:
        self._socket = socket
        self._courier = courier
        self.closed_here: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def send(self, data: Message) -> None:
        """As the socket's own."""
        self._socket.send(data)
        with self._courier.counting() as tally:
            tally.sent += 1
            tally.bytes_sent += _size(data)

    def receive(self, timeout: float | None = None) -> Message | None:
        """As the socket's own."""
        data: Message | None = self._socket.receive(timeout)
        if data is not None:
            with self._courier.counting() as tally:
                tally.received += 1
                tally.bytes_received += _size(data)
        return data

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """As the socket's own."""
        self._socket.close(reason, message)
        self.closed_here = int(reason or NORMAL)


def measure(sock: Sock, courier: Exporter) -> None:
    """Have every handler that is routed on `sock` from now on get a measured socket."""
    stock = sock.route

    def route(path: str, *args: Any, **options: Any) -> Callable[..., Any]:
        decorate = stock(path, *args, **options)
        return lambda handler: decorate(_measured(handler, courier))

    sock.route = route


def _measured(handler: Callable[..., Any], courier: Exporter) -> Callable[..., None]:
    @wraps(handler)
    def measured(socket: Any, *args: Any, **kwargs: Any) -> None:
        watched, since = MeasuredSocket(socket, courier), monotonic()
        with courier.counting() as tally:
            tally.open(None)
        failed = True
        try:
            handler(watched, *args, **kwargs)
            failed = False
        except ConnectionClosed:
            failed = False
            raise
        finally:
            code, who = (INTERNAL_ERROR, "server") if failed else _closing(watched)
            with courier.counting() as tally:
                tally.close(code, who, monotonic() - since, None)

    return measured


def _closing(watched: MeasuredSocket) -> tuple[int, str]:
    """The close code and who closed first, as far as simple-websocket lets it be known."""
    if watched.closed_here is not None:
        return watched.closed_here, "server"
    if watched.connected:
        return NORMAL, "server"  # the handler returned: flask-sock closes
    if watched.ws.state is ConnectionState.OPEN:
        return LOST, "nobody"  # the stream ended without a close frame
    return int(watched.close_reason), "client"


def _size(data: Message) -> int:
    return len(data.encode()) if isinstance(data, str) else len(data)
