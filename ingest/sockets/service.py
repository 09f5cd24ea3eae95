"""Our WebSocket engine behind flask-sock's `@sock.route`, on gunicorn's gevent worker.

The view takes the worker's socket over after our own handshake and holds it until the handler
returns. It then ends with a response that writes nothing: gunicorn would put HTTP into the stream.
"""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Flask, Response, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from ingest.problems import BadRequest

from . import handshake
from .connection import NORMAL, Connection, Limits
from .registry import Registry

INTERNAL_ERROR = 1011
logger = logging.getLogger(__name__)
P = ParamSpec("P")
Handler = Callable[Concatenate[Connection, P], None]


class _Taken(Response):
    """The answer of a request whose socket was taken over."""

    def __call__(self, *_: object) -> Iterable[bytes]:
        raise StopIteration


class WebSocketService(Sock):  # type: ignore[misc]  # the library is untyped
    """flask-sock's `Sock` with our connections. One per application.

    What is no handshake is answered as `handshake.accept` says, before the upgrade.
    """

    def __init__(
        self,
        app: Flask,
        *,
        limits: Limits,
        allows_origin: handshake.AllowsOrigin,
        registry: Registry,
    ) -> None:
        super().__init__(app)
        self._limits = limits
        self._allows_origin = allows_origin
        self._registry = registry

    def route(
        self, path: str, bp: Any = None, **options: Any
    ) -> Callable[[Handler[P]], Handler[P]]:
        """As `flask_sock.Sock.route`: the handler gets a `Connection` before its arguments."""
        target = bp or self.app

        def decorate(handler: Handler[P]) -> Handler[P]:
            @wraps(handler)
            def view(*args: P.args, **kwargs: P.kwargs) -> Response:
                return self._serve(handler, *args, **kwargs)

            target.add_url_rule(path, view_func=view, websocket=True, **options)
            target.add_url_rule(path, view_func=view, methods=["GET"], **options)
            return handler

        return decorate

    def _serve(self, handler: Handler[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        environ = request.environ
        answer = handshake.accept(environ, self._allows_origin)
        sock = environ.get("gunicorn.socket")
        if sock is None:
            raise BadRequest("WebSockets need gunicorn in front of the application.")
        sock.sendall(answer)
        early = environ["wsgi.input"].reader.unreader.take_buffered()
        connection = Connection(sock, self._limits, early=early)
        with self._registry.holding(connection):
            connection.finish(*outcome(handler, connection, *args, **kwargs))
        return _Taken()


def outcome(
    handler: Handler[P], connection: Connection, *args: P.args, **kwargs: P.kwargs
) -> tuple[int, str]:
    """Run the handler; the close code and reason its end deserves."""
    try:
        handler(connection, *args, **kwargs)
    except ConnectionClosed:
        return NORMAL, ""
    except Exception:
        logger.exception("a WebSocket handler failed")
        return INTERNAL_ERROR, "internal error"
    return NORMAL, ""
