"""Servers of the library `websockets` (asyncio): codes, who closed and round trips exactly.

    from wsmon_agent.websockets import monitor
    measured = monitor("https://metrics.example.com/", token="...", service="chat")

Then `serve(handler, host, port, create_connection=measured)`.
"""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from .agent import Agent, Options
from .connection import Connection, correlation_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOST = 1006


def monitor(url: str, **options: Unpack[Options]) -> type[ServerConnection]:
    """A class of connections that are measured; its `agent` delivers."""
    measured_by = Agent(url, "websockets", **options)
    measured_by.serves("websockets")
    return type("MeasuredConnection", (_Measured,), {"agent": measured_by})


class _Measured(ServerConnection):
    agent: Agent
    _measured: Connection | None = None
    _incoming: list[bytes] | None = None
    _is_text = False

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        await super().handshake(*args, **kwargs)
        if self.protocol.state is State.OPEN and self.request is not None:
            self._measured = self.agent.open(self, correlation_id(self.request.path))
            _count_sent(self.protocol, self._measured)
        elif self.response is not None and self.response.status_code >= http.HTTPStatus.BAD_REQUEST:
            self.agent.reject(self.response.status_code)

    def process_event(self, event: Any) -> None:
        before = self.latency
        super().process_event(event)
        if self._measured is None or not isinstance(event, Frame):
            return
        if event.opcode is Opcode.PONG:
            if self.latency is not before:
                self._measured.round_trip(self.latency)
        elif event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._incoming = [*(self._incoming or ()), bytes(event.data)]
            if event.fin:
                self._measured.received(b"".join(self._incoming))
                self._incoming = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._measured is None:
            return
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        if received is not None and (self.protocol.close_rcvd_then_sent or sent is None):
            self._measured.end(int(received.code), "client")
        elif sent is not None:
            self._measured.end(int(sent.code), "server")
            if sent.reason == "keepalive ping timeout":
                self._measured.unanswered()
        else:
            self._measured.end(LOST, "nobody")


def _count_sent(protocol: Any, connection: Connection) -> None:
    """Count at the protocol, which `broadcast` uses past the connection."""
    parts: list[bytes] = []

    def counted(write: Any) -> Any:
        def send(data: bytes, fin: bool = True) -> None:
            write(data, fin)
            parts.append(data)
            if fin:
                connection.sent(b"".join(parts))
                parts.clear()

        return send

    for name in ("send_text", "send_binary", "send_continuation"):
        setattr(protocol, name, counted(getattr(protocol, name)))
