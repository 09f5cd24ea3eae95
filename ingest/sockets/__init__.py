"""The WebSocket routes, on flask-sock with an engine of our own.

`engine`, bottom up: `framing` and `handshake` (values in, bytes out), `in_place` and `conversation`
(protocol without I/O), `outbox`, `watch` and `stream` (one socket), `runners` and `connection` (its
handler), `registry` (all of a worker), `service`.
`meter`: `tally` (one app), `meter` (one worker), `process` and the `flusher`.
`rooms`: `room_messages` (the handler of `/ws`) over `messages` (the JSON protocol), `rooms`, and
the `broker`, which joins the rooms of all workers over the `bus`. Beside them `echo` and `live`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask

from analytics.services.services import Services
from ingest.bounds.exempt import ExemptSenders
from ingest.http.problems import Problem
from ingest.proxies.origin_rule import OriginRule
from ingest.sockets.engine.addresses import AddressCounts
from ingest.sockets.engine.identity import user_token
from ingest.sockets.engine.registry import Registry
from ingest.sockets.engine.service import WebSocketService
from ingest.sockets.engine.stream import Limits
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
from .live import LiveStream

TYPES = "websocket-types"
CHANNEL = "wsmon_rooms"
LOST_BETWEEN_WORKERS = "lost-between-workers"

__all__ = ["Peer", "RequestRejected", "RoomBroker", "Sockets", "types", "user_token"]


class Sockets:
    """The WebSockets of an application: `rooms`, `metering` and the `registry` of open
    connections."""

    def __init__(
        self,
        settings: Settings,
        store: ServerSamples,
        secret_key: str,
        now: Callable[[], datetime],
        *,
        rule: OriginRule,
        on_refused: Callable[[Mapping[str, Any], Problem], None],
    ) -> None:
        self._rule = rule
        self._on_refused = on_refused
        self.rooms = RoomBroker(_bus_factory(settings))
        self.registry = Registry()
        self._meter = Meter(secret_key)
        self._meter.rooms = self.rooms.gauges
        self.rooms.on_missed = self._count_missed
        self._meter.outbox_bytes = lambda: sum(c.outbox_bytes for c in self.registry)
        self.metering = Metering(self._meter, store, now)
        self._secret_key = secret_key

    def _count_missed(self, app: str, messages: int) -> None:
        self._meter.tally_of_refused(app).errors[LOST_BETWEEN_WORKERS] += messages

    def register(self, app: Flask, services: Services) -> None:
        """Add the WebSocket routes to `app`."""
        settings = services.settings
        exempt = ExemptSenders(settings.metrics_trusted_networks, settings.trusted_proxy_hops)
        service = WebSocketService(
            app,
            limits=Limits(
                message_bytes=settings.websocket_max_message_bytes,
                ping_seconds=settings.websocket_ping_seconds,
            ),
            check_origin=self._rule.check,
            registry=self.registry,
            meter=self._meter,
            secret_key=self._secret_key,
            addresses=AddressCounts(settings.websocket_per_address, exempt.covers),
            on_refused=self._on_refused,
        )
        room_handler = RoomMessages(self.rooms, services.now)
        service.route("/ws/echo")(echo)
        service.route("/ws", endpoint="rooms")(room_handler.serve)
        live = LiveStream(services.reports.pulse)
        service.route("/ws/live", endpoint="live", is_metered=False)(live.serve)
        app.extensions[TYPES] = room_handler.types


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
