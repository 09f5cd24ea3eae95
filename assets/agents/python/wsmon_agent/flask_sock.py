"""flask-sock applications, on werkzeug, gunicorn and gevent.

    from wsmon_agent.flask_sock import monitor
    monitor(sock, "https://metrics.example.com/", token="...", service="chat")

Call it right after `sock = Sock(app)`, before the routes are made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import flask
from flask_sock import Sock
from simple_websocket import ConnectionClosed
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection

from .agent import Agent, Options
from .connection import Connection, correlation_id, measure

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOST = 1006
OPENED = "wsmon.opened"


def monitor(sock: Sock, url: str, **options: Unpack[Options]) -> Agent:
    """Measure every route made on `sock` from now on."""
    agent = Agent(url, "flask-sock", **options)
    agent.serves("flask-sock", not_counted=("latency",))
    agent.watch_sigterm(always=True)
    route = sock.route

    def measured_route(path: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        decorate = route(path, *args, **kwargs)
        return lambda handler: decorate(_measured(handler, agent))

    sock.route = measured_route
    _count_refusals(sock, agent)
    return agent


def _measured(handler: Callable[..., Any], agent: Agent) -> Callable[..., None]:
    @wraps(handler)
    def measured(socket: Any, *args: Any, **kwargs: Any) -> None:
        request = flask.request
        request.environ[OPENED] = True
        connection = agent.open(request, correlation_id(request.query_string))
        _watch(socket, connection)
        try:
            handler(socket, *args, **kwargs)
        except (ConnectionClosed, BrokenPipeError, ConnectionResetError):
            connection.end(LOST, "nobody")
            raise
        except BaseException:  # flask writes the text of an answer into the stream
            connection.end(LOST, "server", "internal-error")
            raise
        if not socket.connected:
            connection.end(LOST, "nobody")

    return measured


def _watch(socket: Any, connection: Connection) -> None:
    """Count at the socket itself: its thread closes past any proxy of it."""
    measure(socket, _measured_messages, connection)
    measure(socket.ws, _measured_closes, connection)


@cache
def _measured_messages(kind: Any) -> Any:
    send, receive = kind.send, kind.receive  # `super` is slower

    class Measured(kind):
        wsmon: Connection
        connected: bool

        def send(self, data: Any) -> None:
            if self.connected:  # before it is sent: the other thread may count the end right after
                self.wsmon.sent(data if isinstance(data, bytes) else str(data))
            send(self, data)

        def receive(self, timeout: float | None = None) -> Any:
            data = receive(self, timeout)
            if data is not None:
                self.wsmon.received(data)
            return data

    return Measured


@cache
def _measured_closes(kind: Any) -> Any:
    send = kind.send

    class Measured(kind):
        wsmon: Connection

        def send(self, event: Any) -> Any:
            if not isinstance(event, CloseConnection):
                return send(self, event)
            is_first = self.state is ConnectionState.OPEN
            data = send(self, event)
            self.wsmon.end(int(event.code), "server" if is_first else "client")
            if is_first and event.reason == "Ping/Pong timeout":
                self.wsmon.unanswered()
            return data

    return Measured


def _count_refusals(sock: Sock, agent: Agent) -> None:
    def count(response: flask.Response) -> flask.Response:
        environ = flask.request.environ
        is_handshake = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        if is_handshake and OPENED not in environ and response.status_code >= 400:
            agent.reject(response.status_code)
        return response

    init_app = sock.init_app

    def counted_init_app(app: flask.Flask) -> None:
        app.after_request(count)
        init_app(app)

    if sock.app is not None:
        sock.app.after_request(count)
    sock.init_app = counted_init_app
