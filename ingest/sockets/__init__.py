"""The WebSocket routes, on flask-sock with an engine of our own.

From the bottom: `framing` and `handshake` (values in, bytes out), `conversation` (the protocol
without I/O), `outbox` and `connection` (one socket), `registry` (all of a worker), `service`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from ingest import origins
from settings import Settings

from .connection import Limits
from .echo import echo
from .registry import Registry
from .service import WebSocketService

EXTENSION = "websocket-registry"

__all__ = ["register", "watch_worker"]


def register(app: Flask, settings: Settings) -> None:
    """Add the WebSocket routes to `app`."""
    registry = Registry()
    limits = Limits(
        message_bytes=settings.websocket_max_message_bytes,
        ping_seconds=settings.websocket_ping_seconds,
    )
    service = WebSocketService(
        app, limits=limits, allows_origin=_origin_rule(settings), registry=registry
    )
    service.route("/ws/echo")(echo)
    app.extensions[EXTENSION] = registry


def watch_worker(app: Flask, is_leaving: Callable[[], bool]) -> None:
    """Close every connection of `app` with 1001 once `is_leaving` says so."""
    app.extensions[EXTENSION].leaving = is_leaving


def _origin_rule(settings: Settings) -> Callable[[Mapping[str, Any]], bool]:
    def allows(environ: Mapping[str, Any]) -> bool:
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        own = origins.own_origin(settings.public_url, scheme, host)
        return origins.allows(environ.get("HTTP_ORIGIN"), settings.websocket_allowed_origins, own)

    return allows
