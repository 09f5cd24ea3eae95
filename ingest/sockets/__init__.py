"""The WebSocket routes, on flask-sock with an engine of our own.

`engine`, bottom up: `framing` and `handshake` (values in, bytes out), `conversation` (protocol
without I/O), `outbox` and `connection` (one socket), `registry` (all of a worker), `service`.
`meter`: `tally` (one app), `meter` (one worker), `process` and the `flusher`.
`rooms`: `room_messages` (the handler of `/ws`) over `messages` (the JSON protocol), `rooms`, and
the `broker`, which joins the rooms of all workers over the `bus`. Beside them `echo` and `live`.
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
from ingest.sockets.rooms.broker import BusFactory, RoomBroker
from ingest.sockets.rooms.bus import BrokeredBus, Bus, Deliver
from ingest.sockets.rooms.messages import MessageTypes, RequestRejected
from ingest.sockets.rooms.peer import Peer
from ingest.sockets.rooms.redis_bus import RedisConnection
from ingest.sockets.rooms.room_messages import RoomMessages
from models.database.notifications import NotificationLine
from models.embedded import database_url
from models.raw.sample_insert import ServerSamples
from settings import Settings

from .echo import echo
from .live import LiveStream, PulseReader

TYPES = "websocket-types"
CHANNEL = "wsmon_rooms"

__all__ = ["Peer", "RequestRejected", "RoomBroker", "Sockets", "register", "types", "user_token"]


@dataclass(frozen=True, slots=True)
class Sockets:
    """The application's view of the WebSockets: rooms, meter, open connections, service."""

    rooms: RoomBroker
    metering: Metering
    registry: Registry
    service: WebSocketService

    def add_live(self, read_pulse: PulseReader) -> None:
        """Add `/ws/live`; `read_pulse(app, service)` returns the payload of a frame."""
        self.service.route("/ws/live", endpoint="live", is_metered=False)(
            LiveStream(read_pulse).serve
        )


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
    broker = RoomBroker(_bus_factory(settings))
    room_handler = RoomMessages(broker, now)
    service.route("/ws/echo")(echo)
    service.route("/ws", endpoint="rooms")(room_handler.serve)
    app.extensions[TYPES] = room_handler.types
    meter.rooms = broker.gauges
    meter.outbox_bytes = lambda: sum(connection.outbox_bytes for connection in registry)
    return Sockets(broker, Metering(meter, store, now), registry, service)


def types(app: Flask) -> MessageTypes:
    """The message types of `/ws`; host applications add theirs with `MessageTypes.register`."""
    message_types: MessageTypes = app.extensions[TYPES]
    return message_types


def _bus_factory(settings: Settings) -> BusFactory:
    """The bus between workers: Redis when `REDIS_URL` is set, else PostgreSQL notifications."""

    def connect_bus(deliver: Deliver, on_connected: Callable[[], None]) -> Bus:
        if settings.redis_url:
            redis = partial(RedisConnection, settings.redis_url, CHANNEL)
            return BrokeredBus(redis(listening=False), redis(listening=True), deliver, on_connected)
        postgres = partial(NotificationLine, database_url(settings), CHANNEL)
        return BrokeredBus(
            postgres(listening=False), postgres(listening=True), deliver, on_connected
        )

    return connect_bus


def _origin_rule(settings: Settings) -> Callable[[Mapping[str, Any]], bool]:
    def allows(environ: Mapping[str, Any]) -> bool:
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        own = origins.own_origin(settings.public_url, scheme, host)
        return origins.allows(environ.get("HTTP_ORIGIN"), settings.websocket_allowed_origins, own)

    return allows
