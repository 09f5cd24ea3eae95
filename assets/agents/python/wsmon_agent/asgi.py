"""ASGI applications: FastAPI, Starlette, Litestar, Quart, Channels, python-socketio.

from wsmon_agent.asgi import Monitor
app = Monitor(app, "https://metrics.example.com/", token="...", service="chat")
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .agent import Agent, Options
from .connection import Connection, correlation_id

if TYPE_CHECKING:
    from typing_extensions import Unpack

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Code = Optional[int]
NO_STATUS, LOST, TOO_BIG, INTERNAL_ERROR, RESTART = 1005, 1006, 1009, 1011, 1012
NEVER = ("latency", "stale")  # ASGI has no message for either
DRAIN_SECONDS = 1.0


class Server(NamedTuple):
    """What a server does: the code that a client reads after a fault of the handler, after its
    return without a close, and at a stop; and which metrics it hides from its application."""

    distribution: str
    fault: Code
    returned: Code
    stop: Code
    hides: tuple[str, ...] = ()


OTHER = Server("", None, None, LOST)
SERVERS = {
    "uvicorn": Server("uvicorn", LOST, LOST, RESTART),
    "hypercorn": Server("hypercorn", 1011, 1011, 1011, ("closed", "closed_by")),
    "daphne": Server("daphne", 1011, None, LOST),  # it stays open when the handler returns
    "granian": Server("granian", NO_STATUS, NO_STATUS, LOST, ("closed_by",)),
}


class Monitor:
    """The application `asgi`, measured. Everything else than sockets passes unchanged."""

    def __init__(self, asgi: Application, /, url: str, **options: Unpack[Options]) -> None:
        self._asgi = asgi
        self.agent = Agent(url, "asgi", **options)
        self._server: Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "websocket":
            self._server = server = self._server or self._recognised(receive, send)
            socket = _Socket(self.agent, server, scope, receive, send)
            code: Code = server.returned
            error: str | None = None
            try:
                await self._asgi(scope, socket.receive, socket.send)
            except asyncio.CancelledError:
                code, error = server.stop, ""  # hypercorn's 1011 of a stop is no fault
                raise
            except BaseException:
                code, error = server.fault, "internal-error"
                raise
            finally:
                await socket.ended(code, error)
        elif scope["type"] == "lifespan":
            self._server = self._recognised(receive, send)
            await _Lifespan(self.agent, receive, send).run(self._asgi, scope)
        else:
            await self._asgi(scope, receive, send)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asgi, name)

    def _recognised(self, *callables: Any) -> Server:
        for each in callables:
            function = each.func if isinstance(each, partial) else each
            owner = getattr(function, "__self__", None)
            module = getattr(function if owner is None else type(owner), "__module__", None) or ""
            server = SERVERS.get(module.partition(".")[0].lstrip("_"))
            if server is not None:
                self.agent.serves(server.distribution, not_counted=(*NEVER, *server.hides))
                return server
        self.agent.serves("asgi", not_counted=NEVER)
        return OTHER


class _Socket:
    """One handshake, and the connection that it became."""

    __slots__ = ("_agent", "_connection", "_has_failed", "_receive", "_scope", "_send", "_server")

    def __init__(
        self, agent: Agent, server: Server, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._agent, self._server, self._scope = agent, server, scope
        self._receive, self._send = receive, send
        self._connection: Connection | None = None
        self._has_failed = False

    async def ended(self, code: Code, error: str | None) -> None:
        """Count how it ended when the application is done: `code` unless more is known."""
        connection = self._connection
        if connection is None:
            if error:
                self._agent.reject(500)
        elif connection.is_open:
            if self._has_failed:
                await self._drain()
            connection.end(code, "server", error)

    async def receive(self) -> Message:
        """The next message of the server, counted."""
        message = await self._receive()
        connection = self._connection
        if connection is not None:
            text = message.get("text")
            if text is not None:
                connection.received(text)
            elif message["type"] == "websocket.receive":
                connection.received(message["bytes"])
            elif message["type"] == "websocket.disconnect":
                self._disconnected(message, connection)
        return message

    async def send(self, message: Message) -> None:
        """Hand a message to the server, and count what it took."""
        try:
            await self._send(message)
        except BaseException:
            self._has_failed = True
            raise
        text, connection = message.get("text"), self._connection
        if text and connection is not None:
            connection.sent(text)
        else:
            self._sent_other(message, connection)

    def _sent_other(self, message: Message, connection: Connection | None) -> None:
        """Count what is no text."""
        kind = message["type"]
        if kind == "websocket.send" and connection is not None:
            data = message.get("bytes") or b""
            if data or self._server.distribution != "daphne":  # it drops an empty message
                connection.sent(data)
        elif kind == "websocket.accept":
            query = correlation_id(self._scope.get("query_string"))
            self._connection = self._agent.open(self._scope, query)
        elif connection is not None and kind == "websocket.close":
            connection.end(message.get("code") or 1000, "server")
        elif connection is None and kind in ("websocket.close", "websocket.http.response.start"):
            self._agent.reject(message.get("status", 403))

    def _disconnected(self, message: Message, connection: Connection) -> None:
        server, code = self._server.distribution, message.get("code") or NO_STATUS
        who: str | None = "client"
        if server == "uvicorn" and code == NO_STATUS and "reason" not in message:
            code = LOST
        if code == LOST:
            who = "nobody"
        elif code == RESTART or (code in (TOO_BIG, 1007) and message.get("reason")):
            who = "server"
        # These say the same of an empty close frame, of none, and of their own closes.
        if server == "hypercorn" or (server == "granian" and code == NO_STATUS):
            code, who = 0, None
        connection.end(code, who)

    async def _drain(self) -> None:
        """Read on to the end that made a `send` fail."""

        async def read() -> None:
            while (await self.receive())["type"] != "websocket.disconnect":
                pass

        try:
            await asyncio.wait_for(read(), DRAIN_SECONDS)
        except Exception:  # noqa: BLE001 - then the end stays as the application saw it
            return


class _Lifespan:
    """Start and stop of the application: the last figures leave before its stop is complete."""

    def __init__(self, agent: Agent, receive: Receive, send: Send) -> None:
        self._agent, self._receive, self._send = agent, receive, send
        self._event = ""  # the last of the server
        self._is_answered = self._is_over = False

    async def run(self, asgi: Application, scope: Scope) -> None:
        """Run the application's lifespan, and answer in its place where it has none, whose end
        nothing else would tell."""
        try:
            await asgi(scope, self.receive, self.send)
        except Exception:
            if self._event:
                raise
        while not self._is_over:
            if self._is_answered or not self._event:
                await self.receive()
            await self.send({"type": f"{self._event}.complete"})

    async def receive(self) -> Message:
        """The next event of the server."""
        message = await self._receive()
        self._event, self._is_answered = message["type"], False
        return message

    async def send(self, message: Message) -> None:
        """Hand an answer to the server."""
        self._is_answered = True
        if message["type"] == "lifespan.startup.complete":
            self._agent.start()
        else:
            self._is_over = True
            await self._last()
        await self._send(message)

    async def _last(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # trio
            self._agent.close()
        else:
            await loop.run_in_executor(None, self._agent.close)
