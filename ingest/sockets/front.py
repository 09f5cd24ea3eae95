"""From an HTTP request to a WebSocket handler: origin, handshake, and how each connection ends."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import RemoteProtocolError

from ingest import origins
from ingest.problems import BadRequest, Forbidden
from settings import Settings

from .connection import Connection

Handler = Callable[[Connection], None]

logger = logging.getLogger(__name__)


class Handled(Response):
    """The connection is over: gunicorn must not write an HTTP answer into its stream."""

    def __call__(self, *_: Any, **__: Any) -> Any:
        """End the request without an answer."""
        raise StopIteration


class Front(Sock):  # type: ignore[misc]  # the library is untyped
    """flask-sock with our connection instead of its own."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        super().__init__(app)
        self._settings = settings

    def add(self, path: str, handler: Handler) -> None:
        """Give the WebSockets opened at `path` to `handler`."""

        def view() -> Response:
            self._check_origin()
            _serve(self._accept(), handler)
            return Handled()

        self.app.add_url_rule(path, path, view, websocket=True)

    def _check_origin(self) -> None:
        own = origins.own_origin(self._settings.public_url, request.scheme, request.host)
        origin = request.headers.get("Origin")
        if not origins.allows(origin, self._settings.websocket_allowed_origins, own):
            raise Forbidden(
                "This origin may not open WebSockets here. An operator allows it by naming it in "
                "WEBSOCKET_ALLOWED_ORIGINS."
            )

    def _accept(self) -> Connection:
        raw = request.environ.get("gunicorn.socket")
        if raw is None:
            raise BadRequest("WebSockets need gunicorn in front of the application.")
        environ = {name: value for name, value in request.environ.items() if _is_passed_on(name)}
        settings = self._settings
        try:
            return Connection(
                environ,
                raw,
                max_bytes=settings.websocket_max_message_bytes,
                ping_seconds=settings.websocket_ping_seconds,
            )
        except RemoteProtocolError as fault:
            raise BadRequest(f"This is no WebSocket handshake (RFC 6455): {fault}.") from None


def _is_passed_on(name: str) -> bool:
    """Extensions are not: compression costs more than it saves on small messages."""
    return name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"


def _serve(connection: Connection, handler: Handler) -> None:
    """Run the handler; whatever ends it, the peer is told (RFC 6455, section 7.4.1)."""
    code = CloseReason.GOING_AWAY  # the worker stops
    try:
        handler(connection)
        code = CloseReason.NORMAL_CLOSURE
    except (ConnectionClosed, OSError):
        code = CloseReason.NORMAL_CLOSURE  # the peer left; there is nobody to tell
    except Exception:
        code = CloseReason.INTERNAL_ERROR
        logger.exception("A WebSocket handler failed")
    finally:
        connection.end(code)
