"""Web applications of aiohttp.

from wsmon_agent.aiohttp import monitor
monitor(app, "https://metrics.example.com/", token="...", service="chat")
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import WebSocketError, WSMsgType, web

from .agent import Agent, Options
from .connection import Connection, correlation_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

NO_STATUS, LOST = 1005, 1006
CONNECTION = "wsmon.connection"


def monitor(application: web.Application, /, url: str, **options: Unpack[Options]) -> Agent:
    """Measure every WebSocket that a handler of the application prepares."""
    agent = Agent(url, "aiohttp", **options)
    agent.serves("aiohttp", not_counted=("latency",))
    is_stopping = False

    async def opened(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.WebSocketResponse):
            connection = agent.open(request, correlation_id(request.query_string))
            request[CONNECTION] = connection
            _watch(response, connection)

    @web.middleware
    async def measured(request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPException as refusal:
            _refused(agent, request, refusal.status)
            raise
        except asyncio.CancelledError:
            _ended(request, LOST, "server" if is_stopping else "nobody")
            raise
        except Exception:
            _refused(agent, request, 500)
            _ended(request, LOST, "server", "internal-error")
            raise
        _refused(agent, request, response.status)
        if isinstance(response, web.WebSocketResponse) and not response.closed:
            await response.close()  # as aiohttp does next
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


def _watch(socket: Any, connection: Connection) -> None:
    receive, send_str, send_bytes, close = (
        *(socket.receive, socket.send_str, socket.send_bytes, socket.close),
    )
    is_reading = False

    async def counted_receive(timeout: float | None = None) -> Any:
        nonlocal is_reading
        is_reading = True
        try:
            message = await receive(timeout)
        finally:
            is_reading = False
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            connection.received(message.data)
        elif message.type is WSMsgType.CLOSE:
            connection.end(message.data or NO_STATUS, "client")
        elif message.type is WSMsgType.ERROR:
            _failed(message.data, connection)
        elif message.type is WSMsgType.CLOSED:
            connection.end(LOST, "nobody")
        return message

    async def counted_send_str(data: str, *args: Any, **kwargs: Any) -> None:
        await send_str(data, *args, **kwargs)
        connection.sent(data)

    async def counted_send_bytes(data: bytes, *args: Any, **kwargs: Any) -> None:
        await send_bytes(data, *args, **kwargs)
        connection.sent(data)

    async def counted_close(*, code: int = 1000, **kwargs: Any) -> Any:
        if not is_reading and not socket.closed:
            connection.end(int(code), "server")
        return await close(code=code, **kwargs)

    socket.receive, socket.send_str = counted_receive, counted_send_str
    socket.send_bytes, socket.close = counted_send_bytes, counted_close


def _failed(fault: object, connection: Connection) -> None:
    """The server failed the connection: too big, not UTF-8, or a ping without an answer. Its
    `close_code` says 1006 by now, whatever it sent."""
    if isinstance(fault, asyncio.TimeoutError):
        connection.unanswered()
    if isinstance(fault, WebSocketError):
        connection.end(int(fault.code), "server")
    else:
        connection.end(LOST, "nobody")


def _ended(request: web.Request, code: int, who: str, error: str | None = None) -> None:
    if CONNECTION in request:
        request[CONNECTION].end(code, who, error)


def _refused(agent: Agent, request: web.Request, status: int) -> None:
    is_handshake = request.headers.get("Upgrade", "").lower() == "websocket"
    if is_handshake and CONNECTION not in request and status >= 400:
        agent.reject(status)
