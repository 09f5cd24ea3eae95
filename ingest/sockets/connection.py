"""One WebSocket connection: simple-websocket's server with what it lacks under gevent.

It truncates frames (`send` for `sendall`), lets writers interleave, leaves handlers asleep when a
message is too large or malformed, and reads ahead without bound.
"""

import socket
import threading
from contextlib import suppress
from typing import Any

from simple_websocket import ConnectionClosed, Server
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import RemoteProtocolError

MOST_READ_AHEAD = 64  # messages waiting for the handler; then TCP holds the sender back
LINGER_SECONDS = 2.0  # for the peer's answer to our close
UNACKNOWLEDGED_MS = 60_000  # a peer that reads nothing for so long is gone


class WholeWrites:
    """A socket whose `send` sends everything, one writer at a time."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._writing = threading.Lock()

    def send(self, data: bytes) -> int:
        """Send all of `data`; answers its length."""
        with self._writing:
            self._raw.sendall(data)
        return len(data)

    def recv(self, most: int) -> bytes:
        """Read up to `most` bytes; nothing at the end of the stream."""
        return self._raw.recv(most)

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._raw.fileno()

    def close(self) -> None:
        """Leave the socket to the web server, which closes it when the request ends."""


class Connection(Server):  # type: ignore[misc]  # the library is untyped
    """A server's side of a connection: `send`, `receive(timeout)`, `close(code, text)`.

    Raises `wsproto.utilities.RemoteProtocolError` when the handshake is not one.
    """

    def __init__(
        self, environ: dict[str, Any], raw: socket.socket, *, max_bytes: int, ping_seconds: float
    ) -> None:
        self._raw = raw
        self._room = threading.Event()
        self._finished = threading.Event()
        self._room.set()
        with suppress(OSError):  # not a TCP socket
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        super().__init__(
            {**environ, "gunicorn.socket": WholeWrites(raw)},
            max_message_size=max_bytes,
            ping_interval=ping_seconds or None,
        )

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next message; `None` after `timeout` seconds. Raises `ConnectionClosed`."""
        message: str | bytes | None = super().receive(timeout)
        if len(self.input_buffer) < MOST_READ_AHEAD:
            self._room.set()
        return message

    def end(self, code: int) -> None:
        """Close with `code`, wait for the peer's answer, and leave nothing unread.

        Unread bytes would turn our close into a reset, and the code would be lost.
        """
        with suppress(ConnectionClosed, OSError):
            self.close(code)
        self._room.set()
        with suppress(OSError):
            self._raw.shutdown(socket.SHUT_WR)
        self._finished.wait(LINGER_SECONDS)

    def _handle_events(self) -> bool:
        goes_on = bool(super()._handle_events())
        if goes_on and len(self.input_buffer) >= MOST_READ_AHEAD:
            self._room.clear()
            self._room.wait()
        return goes_on

    def _thread(self) -> None:
        try:
            super()._thread()
        except RemoteProtocolError:
            with suppress(ConnectionClosed, OSError):
                self.close(CloseReason.PROTOCOL_ERROR)
        self.connected = False
        self.event.set()
        self._drain()
        self._finished.set()

    def _drain(self) -> None:
        with suppress(OSError):
            self._raw.settimeout(LINGER_SECONDS)
            while self._raw.recv(65536):
                pass
