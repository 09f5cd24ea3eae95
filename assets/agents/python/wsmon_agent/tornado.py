"""WebSocket handlers of tornado.

from wsmon_agent.tornado import monitor
monitor(WebSocketHandler, "https://metrics.example.com/", token="...", service="chat")
"""

from __future__ import annotations

import sys
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from tornado.escape import json_encode
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler

from .agent import Agent, Options
from .connection import correlation_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

NORMAL, NO_STATUS, LOST = 1000, 1005, 1006


def monitor(handlers: type[WebSocketHandler], url: str, **options: Unpack[Options]) -> Agent:
    """Measure the handlers of this class, and of those made of it."""
    agent = Agent(url, "tornado", **options)
    agent.serves("tornado")
    make, log = handlers.get_websocket_protocol, handlers._log

    def measured_protocol(handler: Any) -> Any:
        protocol: Any = make(handler)
        if protocol is not None:
            kind: Any = type(protocol)
            protocol.__class__ = _opening(kind, agent)
        return protocol

    def counted_log(handler: Any) -> None:
        if handler.get_status() >= 400:
            agent.reject(handler.get_status())
        log(handler)

    for name, method in {"get_websocket_protocol": measured_protocol, "_log": counted_log}.items():
        setattr(handlers, name, method)
    return agent


@cache
def _opening(kind: Any, agent: Agent) -> Any:
    class Opening(kind):
        def start_pinging(self) -> None:
            """The first step after the handshake."""
            connection = agent.open(self.handler, correlation_id(self.handler.request.query))
            # One more attribute of its own makes the protocol larger by 1.6 kB.
            self.params.wsmon, self.params.pinged_at = connection, None
            self.__class__ = _measured_messages(kind)
            self.start_pinging()

    return Opening


@cache
def _measured_messages(kind: Any) -> Any:
    write_message, run_callback = kind.write_message, kind._run_callback  # `super` is slower

    class Measured(kind):
        params: Any
        client_terminated: bool
        close_code: int | None

        def write_message(self, message: Any, binary: bool = False) -> Any:
            message = json_encode(message) if isinstance(message, dict) else message
            written = write_message(self, message, binary)
            self.params.wsmon.sent(message)
            return written

        def write_ping(self, data: bytes) -> None:
            self.params.pinged_at = monotonic()
            super().write_ping(data)

        def _run_callback(self, callback: Any, *args: Any, **kwargs: Any) -> Any:
            if (args and type(args[0]) is str) or callback.__name__ == "on_message":
                self.params.wsmon.received(args[0])
            elif callback.__name__ == "on_pong" and self.params.pinged_at is not None:
                self.params.wsmon.round_trip(monotonic() - self.params.pinged_at)
                self.params.pinged_at = None
            return run_callback(self, callback, *args, **kwargs)

        def close(self, code: int | None = None, reason: str | None = None) -> None:
            if self.client_terminated:
                self.params.wsmon.end(self.close_code or NO_STATUS, "client")
            else:
                self.params.wsmon.end(code or (NO_STATUS if reason is None else NORMAL), "server")
                if reason == "ping timed out":
                    self.params.wsmon.unanswered()
            super().close(code, reason)

        def _abort(self) -> None:
            """After what is now being handled: the end of the stream, or a fault of the handler."""
            fault = sys.exc_info()[1]
            if isinstance(fault, StreamClosedError):
                self.params.wsmon.end(LOST, "nobody")
            elif fault is None or isinstance(fault, UnicodeDecodeError):
                self.params.wsmon.end(LOST, "server", "protocol-error")
            else:
                self.params.wsmon.end(LOST, "server", "internal-error")
            super()._abort()

    return Measured
