"""Servers of the library `websockets` (asyncio): codes, who closed and round trips exactly.

    from wsmon_agent.websockets import monitor
    measured = monitor("https://metrics.example.com/", token="...", service="chat")

Then `serve(handler, host, port, create_connection=measured)`.
"""

from __future__ import annotations

import http
from functools import cache
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Opcode
from websockets.protocol import State

from .agent import Agent, Options
from .connection import Connection, correlation_id, measure

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOST = 1006
# Members of an enumeration are slow to find.
TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONT


def monitor(url: str, **options: Unpack[Options]) -> type[ServerConnection]:
    """A class of connections that are measured; its `agent` delivers."""
    measured_by = Agent(url, "websockets", **options)
    measured_by.serves("websockets")
    return type("MeasuredConnection", (_Measured,), {"agent": measured_by})


class _Measured(ServerConnection):
    agent: Agent
    _measured: Connection | None = None

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        await super().handshake(*args, **kwargs)
        if self.protocol.state is State.OPEN and self.request is not None:
            self._measured = self.agent.open(self, correlation_id(self.request.path))
            measure(self.protocol, _measured_sends, self._measured)
        elif self.response is not None and self.response.status_code >= http.HTTPStatus.BAD_REQUEST:
            self.agent.reject(self.response.status_code)

    def process_event(self, event: Any) -> None:
        ServerConnection.process_event(self, event)  # `super` is slower
        measured = self._measured
        if measured is not None:
            opcode = event.opcode
            if opcode is TEXT or opcode is BINARY:
                measured.received(event.data)
            elif opcode is CONTINUATION:
                measured.bytes_received += len(event.data)

    def acknowledge_pings(self, data: bytes) -> None:
        before = self.latency
        super().acknowledge_pings(data)
        if self._measured is not None and self.latency is not before:
            self._measured.round_trip(self.latency)

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


@cache
def _measured_sends(kind: Any) -> Any:
    """At the protocol, which `broadcast` uses past the connection."""

    send_text, send_binary = kind.send_text, kind.send_binary

    class Measured(kind):
        wsmon: Connection

        def send_text(self, data: bytes, fin: bool = True) -> None:
            send_text(self, data, fin)
            self.wsmon.sent(data)

        def send_binary(self, data: bytes, fin: bool = True) -> None:
            send_binary(self, data, fin)
            self.wsmon.sent(data)

        def send_continuation(self, data: bytes, fin: bool) -> None:
            super().send_continuation(data, fin)
            self.wsmon.bytes_sent += len(data)

    return Measured
