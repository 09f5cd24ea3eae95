"""Web applications of aiohttp.

from wsmon_agent.aiohttp import monitor
monitor(app, "https://metrics.example.com/", token="...", service="chat")
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Any

from aiohttp import WebSocketError, WSMsgType, web

from .agent import Agent, Options
from .connection import Connection, correlation_id, measure

if TYPE_CHECKING:
    from typing_extensions import Unpack

NO_STATUS, LOST = 1005, 1006
TEXT, BINARY = WSMsgType.TEXT, WSMsgType.BINARY  # members of an enumeration are slow to find


def monitor(application: web.Application, /, url: str, **options: Unpack[Options]) -> Agent:
    """Measure every WebSocket that a handler of the application prepares."""
    agent = Agent(url, "aiohttp", **options)
    agent.serves("aiohttp", not_counted=("latency",))
    connections: dict[int, Connection] = {}  # by request: smaller than an item of each of them
    is_stopping = False

    async def opened(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.WebSocketResponse):
            connection = agent.open(request, correlation_id(request.query_string))
            connections[id(request)] = connection
            measure(response, _measured_messages, connection)

    def left(request: web.Request, status: int, who: str, error: str | None = None) -> None:
        connection = connections.pop(id(request), None)
        if connection is not None:
            connection.end(LOST, who, error)
        elif status >= 400 and request.headers.get("Upgrade", "").lower() == "websocket":
            agent.reject(status)

    @web.middleware
    async def measured(request: web.Request, handler: Any) -> web.StreamResponse:
        status, who, error = 0, "nobody", None
        try:
            response: web.StreamResponse = await handler(request)
            status = response.status
            if isinstance(response, web.WebSocketResponse) and not response.closed:
                await response.close()  # as aiohttp does next
        except web.HTTPException as refusal:
            status = refusal.status
            raise
        except asyncio.CancelledError:
            who = "server" if is_stopping else "nobody"
            raise
        except Exception:
            status, who, error = 500, "server", "internal-error"
            raise
        finally:
            left(request, status, who, error)
        return response

    async def stopping(_app: web.Application) -> None:
        nonlocal is_stopping
        is_stopping = True

    async def stopped(_app: web.Application) -> None:
        await asyncio.get_running_loop().run_in_executor(None, agent.close)

    application.on_response_prepare.append(opened)
    application.middlewares.insert(0, measured)
    application.on_shutdown.append(stopping)
    application.on_cleanup.append(stopped)
    return agent


@cache
def _measured_messages(kind: Any) -> Any:
    receive, send_str, send_bytes = kind.receive, kind.send_str, kind.send_bytes

    class Measured(kind):
        wsmon: Connection
        close_code: int | None

        async def receive(self, timeout: float | None = None) -> Any:
            message = await receive(self, timeout)  # `super` is slower
            kind = message.type
            if kind is TEXT or kind is BINARY:
                self.wsmon.received(message.data)
            else:
                _ended_by(message, self.wsmon)
            return message

        async def send_str(self, data: str, compress: int | None = None) -> None:
            await send_str(self, data, compress)
            self.wsmon.sent(data)

        async def send_bytes(self, data: bytes, compress: int | None = None) -> None:
            await send_bytes(self, data, compress)
            self.wsmon.sent(data)

        async def close(self, *, code: int = 1000, **kwargs: Any) -> Any:
            if self.close_code is None and not self.closed:  # else `receive` saw the end
                self.wsmon.end(int(code), "server")
            return await super().close(code=code, **kwargs)

    return Measured


def _ended_by(message: Any, connection: Connection) -> None:
    if message.type is WSMsgType.CLOSE:
        connection.end(message.data or NO_STATUS, "client")
    elif message.type is WSMsgType.ERROR:
        _failed(message.data, connection)
    elif message.type is WSMsgType.CLOSED:
        connection.end(LOST, "nobody")


def _failed(fault: object, connection: Connection) -> None:
    """The server failed the connection: too big, not UTF-8, or a ping without an answer. Its
    `close_code` says 1006 by now, whatever it sent."""
    if isinstance(fault, asyncio.TimeoutError):
        connection.unanswered()
    if isinstance(fault, WebSocketError):
        connection.end(int(fault.code), "server")
    else:
        connection.end(LOST, "nobody")
