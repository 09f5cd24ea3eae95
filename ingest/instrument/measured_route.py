"""Measured routes for a stock flask-sock application.

simple-websocket may run handlers in threads, so counting takes a lock, unlike in our engine.
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
    """Proxy of a simple-websocket socket that counts its messages."""

    def __init__(self, socket: Any, exporter: Exporter) -> None:
        self._socket = socket
        self._exporter = exporter
        self.sent_close_code: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def send(self, data: Message) -> None:
        """As the socket's own."""
        self._socket.send(data)
        with self._exporter.locked_tally() as tally:
            tally.sent += 1
            tally.bytes_sent += _size(data)

    def receive(self, timeout: float | None = None) -> Message | None:
        """As the socket's own."""
        data: Message | None = self._socket.receive(timeout)
        if data is not None:
            with self._exporter.locked_tally() as tally:
                tally.received += 1
                tally.bytes_received += _size(data)
        return data

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """As the socket's own."""
        self._socket.close(reason, message)
        self.sent_close_code = int(reason or NORMAL)


def measure(sock: Sock, exporter: Exporter) -> None:
    """Make handlers routed on `sock` from now on receive a `MeasuredSocket`."""
    original_route = sock.route

    def route(path: str, *args: Any, **options: Any) -> Callable[..., Any]:
        decorate = original_route(path, *args, **options)
        return lambda handler: decorate(_measured(handler, exporter))

    sock.route = route


def _measured(handler: Callable[..., Any], exporter: Exporter) -> Callable[..., None]:
    @wraps(handler)
    def measured(socket: Any, *args: Any, **kwargs: Any) -> None:
        measured_socket, since = MeasuredSocket(socket, exporter), monotonic()
        with exporter.locked_tally() as tally:
            tally.open(None)
        failed = True
        try:
            handler(measured_socket, *args, **kwargs)
            failed = False
        except ConnectionClosed:
            failed = False
            raise
        finally:
            code, who = (INTERNAL_ERROR, "server") if failed else _closing(measured_socket)
            with exporter.locked_tally() as tally:
                tally.close(code, who, monotonic() - since, None)

    return measured


def _closing(measured_socket: MeasuredSocket) -> tuple[int, str]:
    """(close code, who closed first), as far as simple-websocket exposes it."""
    if measured_socket.sent_close_code is not None:
        return measured_socket.sent_close_code, "server"
    if measured_socket.connected:
        return NORMAL, "server"  # the handler returned: flask-sock closes
    if measured_socket.ws.state is ConnectionState.OPEN:
        return LOST, "nobody"  # the stream ended without a close frame
    return int(measured_socket.close_reason), "client"


def _size(data: Message) -> int:
    return len(data.encode()) if isinstance(data, str) else len(data)
