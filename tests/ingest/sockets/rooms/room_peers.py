"""Peers of `/ws` over socket pairs, and workers joined by a bus in memory."""

import json
from collections.abc import Callable
from typing import Any

import gevent
from gevent import socket as gsocket

from ingest.sockets.engine.connection import Connection
from ingest.sockets.engine.stream import Limits
from ingest.sockets.meter.tally import Tally
from ingest.sockets.rooms.broker import RoomBroker
from ingest.sockets.rooms.bus import Bus, Deliver, Envelope
from ingest.sockets.rooms.peer import Peer
from tests.ingest.sockets.test_conversation import frame


class Browser:
    """The other end of a peer's connection."""

    def __init__(self, app: str = "portal", user: str | None = None) -> None:
        self._server_end, self._socket = gsocket.socketpair()
        self._socket.setblocking(False)
        self.connection = Connection(self._server_end, Limits(), tally=Tally(), user=user)
        self.peer = Peer(self.connection, app)

    def send(self, *texts: str) -> None:
        """Send text messages."""
        self.send_bytes(*(frame(1, text.encode()) for text in texts))

    def send_bytes(self, *frames: bytes) -> None:
        """Send masked frames as they are."""
        self._socket.sendall(b"".join(frames))

    def received(self) -> list[tuple[int, bytes]]:
        """(opcode, payload) of each frame that has come since the last call."""
        data, frames = self._pending(), []
        while data:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            frames.append((data[0] & 0x0F, data[start : start + size]))
            data = data[start + size :]
        return frames

    def messages(self) -> list[dict[str, Any]]:
        """The text messages that have come since the last call."""
        return [json.loads(payload) for opcode, payload in self.received() if opcode == 1]

    def close(self) -> None:
        """Close both ends."""
        self.connection.abort()
        self._socket.close()
        self._server_end.close()

    def _pending(self) -> bytes:
        data = b""
        gevent.sleep(0)  # posts are written when the hub runs
        try:
            while chunk := self._socket.recv(65536):
                data += chunk
        except BlockingIOError:
            return data
        return data


class MemoryBus:
    """A bus between brokers of this process; everybody hears everything, as of the real ones."""

    def __init__(self) -> None:
        self.delivers: list[Deliver] = []
        self.published: list[Envelope] = []
        self.greet: Callable[[], None] = lambda: None
        self.is_up = True
        self.fault: str | None = None

    def connect(self, deliver: Deliver, on_connected: Callable[[], None]) -> Bus:
        """For `RoomBroker`: another worker joins. `greet` tells it that it is connected."""
        self.delivers.append(deliver)
        self.greet = on_connected
        return self

    def publish(self, envelope: Envelope) -> None:
        """Deliver at once, to the sender as well."""
        self.published.append(envelope)
        for deliver in self.delivers:
            deliver(envelope)

    def close(self) -> None:
        """Nobody is reached any more."""
        self.delivers.clear()
        self.is_up = False

    def worker(self) -> RoomBroker:
        """A started worker that is known to the others."""
        broker = RoomBroker(self.connect)
        broker.start()
        self.greet()
        return broker
