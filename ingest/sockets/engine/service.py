"""Our WebSocket engine behind flask-sock's `@sock.route`, on gunicorn's gevent worker.

The view takes over the worker's socket after our own handshake until the handler returns. It then
returns a response that writes nothing, as gunicorn would put HTTP into the stream.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from time import monotonic
from typing import Any, Concatenate, ParamSpec

from flask import Flask, Response, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from ingest.http.problems import BadRequest, Problem, ServiceUnavailable
from ingest.sockets.meter import named_ends
from ingest.sockets.meter.meter import Meter
from ingest.sockets.meter.named_ends import NamedEnd
from models.database.patience import bounded

from . import handshake, identity
from .addresses import AddressCounts
from .connection import Connection
from .registry import STOPPING, Registry
from .stream import NORMAL, Limits

INTERNAL_ERROR = 1011
logger = logging.getLogger(__name__)
P = ParamSpec("P")
Handler = Callable[Concatenate[Connection, P], None]
Serve = Callable[[Connection], tuple[int, str]]


class _UpgradedResponse(Response):
    """The response to a request whose socket was taken over: writes nothing."""

    def __call__(self, *_: object) -> Iterable[bytes]:
        raise StopIteration


class WebSocketService(Sock):  # type: ignore[misc]  # the library is untyped
    """flask-sock's `Sock` with our connections. One per application.

    Invalid handshakes get a problem response (see `handshake.accept`), before the upgrade.
    """

    def __init__(
        self,
        app: Flask,
        *,
        limits: Limits,
        check_origin: handshake.CheckOrigin,
        registry: Registry,
        meter: Meter,
        secret_key: str,
        addresses: AddressCounts,
        on_refused: Callable[[Mapping[str, Any], Problem], None],
    ) -> None:
        super().__init__(app)
        self._addresses = addresses
        self._on_refused = on_refused
        self._limits = limits
        self._check_origin = check_origin
        self._registry = registry
        self._meter = meter
        self._secret_key = secret_key

    def route(
        self, path: str, bp: Any = None, *, is_metered: bool = True, **options: Any
    ) -> Callable[[Handler[P]], Handler[P]]:
        """As `flask_sock.Sock.route`: the handler gets a `Connection` before its arguments.

        `is_metered=False` is for our own live view, which must not change what it measures.
        """
        target = bp or self.app

        def decorate(handler: Handler[P]) -> Handler[P]:
            @wraps(handler)
            def view(*args: P.args, **kwargs: P.kwargs) -> Response:
                app = identity.app_of(request.args)
                meter = self._meter if is_metered else Meter(self._secret_key)
                return self._serve(app, meter, handler, *args, **kwargs)

            target.add_url_rule(path, view_func=view, websocket=True, **options)
            target.add_url_rule(path, view_func=view, methods=["GET"], **options)
            return handler

        return decorate

    def _serve(
        self, app: str, meter: Meter, handler: Handler[P], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        handshake_response, user, address = self._accept(app, meter)
        try:
            sock = request.environ.get("gunicorn.socket")
            if sock is None:
                raise BadRequest("WebSockets need gunicorn in front of the application.")
            sock.sendall(handshake_response)
            # A socket is open for hours: what its handler reads of the store is no request's.
            with bounded(None):
                self._run(
                    sock, user, app, meter,
                    lambda connection: run_handler(handler, connection, *args, **kwargs),
                )  # fmt: skip
        finally:
            self._addresses.release(address)
        return _UpgradedResponse()

    def _run(self, sock: Any, user: str | None, app: str, meter: Meter, serve: Serve) -> None:
        """Serve a socket that was just opened, and count it."""
        environ = request.environ
        early = environ["wsgi.input"].reader.unreader.take_buffered()
        key = None if user is None else meter.user_key(app, user)
        since, tally = monotonic(), meter.tally(app)
        tally.open(key)
        connection = Connection(
            sock, self._limits, tally=tally, user=user, early=early,
            is_proxied=handshake.is_proxied(environ), runners=self._registry.runners,
        )  # fmt: skip
        try:
            with self._registry.tracking(connection):
                connection.finish(*serve(connection))
        finally:
            connection.abort()  # no more is read or written, even if the handler was killed
            (code, _, who), seconds = connection.closing, monotonic() - since
            tally.close(code, who, seconds, key)
            connection_id = named_ends.id_of(request.args)
            if connection_id is not None:
                messages = connection.sent, connection.received
                end = NamedEnd(app, connection_id, code, who, seconds, *messages)
                meter.named_ends.add(end)

    def _accept(self, app: str, meter: Meter) -> tuple[bytes, str | None, bytes]:
        """(101 response, user of the token, what its address is counted by). Counts rejections.
        Raises `Problem`."""
        try:
            if (
                self._registry.is_closed
            ):  # a page that retries at once would lose a second connection
                raise ServiceUnavailable(f"Try again: {STOPPING}.", retry_after=1)
            handshake_response = handshake.accept(request.environ, self._check_origin)
            user = identity.user_of(request.args, self._secret_key)
            return handshake_response, user, self._addresses.take(request.remote_addr)
        except Problem as problem:
            self._on_refused(request.environ, problem)
            meter.tally_of_refused(app).rejected[str(problem.status.value)] += 1
            raise


def run_handler(
    handler: Handler[P], connection: Connection, *args: P.args, **kwargs: P.kwargs
) -> tuple[int, str]:
    """Run the handler; (close code, reason) by how it ended."""
    try:
        handler(connection, *args, **kwargs)
    except ConnectionClosed:
        return NORMAL, ""
    except Exception:
        logger.exception("a WebSocket handler failed")
        return INTERNAL_ERROR, "internal error"
    return NORMAL, ""
