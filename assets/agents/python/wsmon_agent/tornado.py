"""WebSocket handlers of tornado.

from wsmon_agent.tornado import monitor
monitor(WebSocketHandler, "https://metrics.example.com/", token="...", service="chat")
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from tornado.websocket import WebSocketHandler

from .agent import Agent, Options
from .connection import Connection, correlation_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

NORMAL, NO_STATUS, LOST = 1000, 1005, 1006


def monitor(handlers: type[WebSocketHandler], url: str, **options: Unpack[Options]) -> Agent:
    """Measure the handlers of this class, and of those made of it."""
    agent = Agent(url, "tornado", **options)
    agent.serves("tornado")
    make, log = handlers.get_websocket_protocol, handlers._log

    def measured_protocol(handler: Any) -> Any:
        protocol = make(handler)
        if protocol is not None:
            start = protocol.start_pinging

            def opened() -> None:  # the first step after the handshake
                connection = agent.open(handler, correlation_id(handler.request.query))
                _watch_end(protocol, handler, connection)
                _watch_messages(protocol, handler, connection)
                start()

            protocol.start_pinging = opened
        return protocol

    def counted_log(handler: Any) -> None:
        if handler.get_status() >= 400:
            agent.reject(handler.get_status())
        log(handler)

    for name, method in {"get_websocket_protocol": measured_protocol, "_log": counted_log}.items():
        setattr(handlers, name, method)
    return agent


def _watch_end(protocol: Any, handler: Any, connection: Connection) -> None:
    close, abort, log_exception = protocol.close, protocol._abort, handler.log_exception
    error: str | None = None

    def counted_close(code: int | None = None, reason: str | None = None) -> None:
        if protocol.client_terminated:
            connection.end(protocol.close_code or NO_STATUS, "client")
        else:
            connection.end(code or (NO_STATUS if reason is None else NORMAL), "server")
            if reason == "ping timed out":
                connection.unanswered()
        close(code, reason)

    def counted_abort() -> None:
        is_lost = protocol.stream.closed() and error is None
        connection.end(LOST, "nobody" if is_lost else "server", error)
        abort()

    def counted_exception(*args: Any) -> None:
        nonlocal error
        error = "internal-error"
        log_exception(*args)

    protocol.close, protocol._abort = counted_close, counted_abort
    handler.log_exception = counted_exception


def _watch_messages(protocol: Any, handler: Any, connection: Connection) -> None:
    write, write_ping = protocol.write_message, protocol.write_ping
    on_message, on_pong = handler.on_message, handler.on_pong
    pinged_at: float | None = None

    def counted_write(message: Any, binary: bool = False) -> Any:
        before = protocol._message_bytes_out
        written = write(message, binary)
        size = protocol._message_bytes_out - before
        connection.sent(message if isinstance(message, (str, bytes)) else b" " * size)
        return written

    def counted_message(message: Any) -> Any:
        connection.received(message)
        return on_message(message)

    def counted_ping(data: bytes) -> None:
        nonlocal pinged_at
        pinged_at = monotonic()
        write_ping(data)

    def counted_pong(data: bytes) -> Any:
        nonlocal pinged_at
        if pinged_at is not None:
            connection.round_trip(monotonic() - pinged_at)
            pinged_at = None
        return on_pong(data)

    protocol.write_message, protocol.write_ping = counted_write, counted_ping
    handler.on_message, handler.on_pong = counted_message, counted_pong
