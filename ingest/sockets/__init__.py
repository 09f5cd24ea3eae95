"""The WebSocket routes, on flask-sock with an engine of our own.

From the bottom: `framing` and `handshake` (values in, bytes out), `conversation` (the protocol
without I/O), `outbox` and `connection` (one socket), `registry` (all of a worker), `service`.
Beside them measure `tally` (one app), `meter` (one worker), `process` and the `flusher`.
On it stand `echo`, and `room_talk`: the language (`talk`), the `rooms`, and the `bus` between
workers, which the `room_broker` joins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask

from ingest.http import origins
from ingest.sockets.engine.connection import Limits
from ingest.sockets.engine.identity import user_token
from ingest.sockets.engine.registry import Registry
from ingest.sockets.engine.service import WebSocketService
from ingest.sockets.meter.flusher import Metering
from ingest.sockets.meter.meter import Meter
from ingest.sockets.rooms.broker import RoomBroker, Wire
from ingest.sockets.rooms.bus import Bus, Deliver, Wired
from ingest.sockets.rooms.messages import Refused, Types
from ingest.sockets.rooms.peer import Peer
from ingest.sockets.rooms.redis_bus import RedisLine
from ingest.sockets.rooms.room_messages import RoomTalk
from models.database.notifications import NotificationLine
from models.embedded import database_url
from models.raw.sample_insert import ServerSamples
from settings import Settings

from .echo import echo
from .live import Ask, Live

TYPES, WORKER = "websocket-types", "websocket-worker"
CHANNEL = "wsmon_rooms"

__all__ = ["Peer", "Refused", "RoomBroker", "Sockets", "register", "types", "user_token"]


@dataclass(frozen=True, slots=True)
class Sockets:
    """What the rest of the application may ask: the rooms, and samples that wait for the store."""

    rooms: RoomBroker
    pending_samples: Callable[[], int]
    service: WebSocketService

    def add_live(self, ask: Ask) -> None:
        """Add `/ws/live`; `ask(app, service)` reads the pulse."""
        self.service.route("/ws/live", endpoint="live", is_metered=False)(Live(ask).serve)


class WorkerLife:
    """What the server tells of the worker's life; `gunicorn.conf.py` finds it in the extensions."""

    def __init__(self, registry: Registry, metering: Metering) -> None:
        self._registry = registry
        self._metering = metering

    def start(self, is_leaving: Callable[[], bool]) -> None:
        """Measure from now on; every connection is closed with 1001 once `is_leaving` says so."""
        self._registry.leaving = is_leaving
        self._metering.start()

    def finish(self) -> None:
        """Store the last figures; the worker is no longer counted."""
        self._metering.finish()


def register(
    app: Flask,
    settings: Settings,
    store: ServerSamples,
    secret_key: str,
    now: Callable[[], datetime],
) -> Sockets:
    """Add the WebSocket routes to `app`."""
    meter = Meter(secret_key)
    registry = Registry()
    limits = Limits(
        message_bytes=settings.websocket_max_message_bytes,
        ping_seconds=settings.websocket_ping_seconds,
    )
    service = WebSocketService(
        app,
        limits=limits,
        allows_origin=_origin_rule(settings),
        registry=registry,
        meter=meter,
        secret_key=secret_key,
    )
    broker = RoomBroker(_wire(settings))
    talk = RoomTalk(broker, now)
    service.route("/ws/echo")(echo)
    service.route("/ws", endpoint="rooms")(talk.serve)
    app.extensions[TYPES] = talk.types
    meter.rooms = broker.gauges
    meter.outbox_bytes = lambda: sum(connection.outbox_bytes for connection in registry)
    metering = Metering(meter, store, now)
    app.extensions[WORKER] = WorkerLife(registry, metering)
    return Sockets(broker, lambda: metering.pending, service)


def types(app: Flask) -> Types:
    """What `/ws` understands; host applications teach it more with `Types.register`."""
    known: Types = app.extensions[TYPES]
    return known


def _wire(settings: Settings) -> Wire:
    """Redis when it is set, else the database everybody has."""

    def wire(deliver: Deliver, came_up: Callable[[], None]) -> Bus:
        if settings.redis_url:
            redis = partial(RedisLine, settings.redis_url, CHANNEL)
            return Wired(redis(listening=False), redis(listening=True), deliver, came_up)
        postgres = partial(NotificationLine, database_url(settings), CHANNEL)
        return Wired(postgres(listening=False), postgres(listening=True), deliver, came_up)

    return wire


def _origin_rule(settings: Settings) -> Callable[[Mapping[str, Any]], bool]:
    def allows(environ: Mapping[str, Any]) -> bool:
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        own = origins.own_origin(settings.public_url, scheme, host)
        return origins.allows(environ.get("HTTP_ORIGIN"), settings.websocket_allowed_origins, own)

    return allows
