"""The handler of `/ws` and its built-in message types: join, leave, message, ping."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic, perf_counter

from flask import request
from simple_websocket import ConnectionClosed

from analytics.formatting import instants
from ingest.http.rate_limit import Bucket
from ingest.sockets.engine import identity
from ingest.sockets.engine.connection import Connection

from .broker import RoomBroker
from .messages import ClientRequest, MessageTypes, RequestRejected, parse_request, reply, room_of
from .peer import Peer
from .rooms import Room, TooManyRooms

MESSAGES_PER_SECOND = 100  # of one connection, bursts of ten times that
POLICY_VIOLATION = 1008
OTHER, NOT_UNDERSTOOD = "other", "not-understood"


class RoomMessages:
    """The handler of `/ws` for all connections of a worker."""

    def __init__(self, broker: RoomBroker, now: Callable[[], datetime]) -> None:
        self._broker = broker
        self._now = now
        self.types = MessageTypes()
        for name, handler in (
            ("join", self._join),
            ("leave", self._leave),
            ("message", self._message),
            ("ping", self._ping),
        ):
            self.types.register(name, handler)

    def serve(self, connection: Connection) -> None:
        """Serve one connection until it ends."""
        app = request.args.get("app") or identity.DEFAULT_APP
        if not identity.is_app(app):
            connection.close(POLICY_VIOLATION, "app must be 1 to 64 printable characters")
            return
        self._broker.start()
        peer, bucket = Peer(connection, app), Bucket(MESSAGES_PER_SECOND)
        try:
            connection.each(partial(self._take, peer, bucket))
        finally:
            self._broker.leave_all(peer)

    def _take(self, peer: Peer, bucket: Bucket, message: str | bytes) -> None:
        if bucket.take(1, monotonic()):
            peer.connection.close(POLICY_VIOLATION, "too many messages")
            raise ConnectionClosed(POLICY_VIOLATION, "too many messages")
        self._handle(peer, message)

    def _handle(self, peer: Peer, message: str | bytes) -> None:
        tally, started = peer.connection.tally, perf_counter()
        client_request: ClientRequest = {}
        kind = NOT_UNDERSTOOD
        try:
            client_request = parse_request(message)
            kind = client_request["type"] if client_request["type"] in self.types else OTHER
            self.types.handle(peer, client_request)
        except RequestRejected as rejection:
            tally.errors[rejection.code] += 1
            _reply(peer, "error", client_request, code=rejection.code, detail=rejection.detail)
        finally:
            tally.kinds_received[kind] += 1
            tally.processing.add(perf_counter() - started)

    def _join(self, peer: Peer, client_request: ClientRequest) -> None:
        room = self._room(peer, client_request)
        try:
            members = self._broker.join(peer, room)
        except TooManyRooms:
            raise RequestRejected("too-many-rooms", "leave a room before joining another") from None
        _reply(peer, "joined", client_request, room=room[1], members=members)

    def _leave(self, peer: Peer, client_request: ClientRequest) -> None:
        room = self._room(peer, client_request)
        members = self._broker.leave(peer, room)
        if members is None:
            raise RequestRejected("no-such-room", "you are not in this room")
        _reply(peer, "left", client_request, room=room[1], members=members)

    def _message(self, peer: Peer, client_request: ClientRequest) -> None:
        room = self._room(peer, client_request)
        if not self._broker.contains(peer, room):
            raise RequestRejected("no-such-room", "join this room before speaking in it")
        at = instants.iso8601(self._now(), "milliseconds")
        members = {"room": room[1], "data": client_request.get("data"), "from": peer.id, "at": at}
        tally, started = peer.connection.tally, perf_counter()
        tally.count_room_message(room[1])
        self._broker.send(room, reply("message", client_request, **members))
        tally.broadcast.add(perf_counter() - started)

    def _ping(self, peer: Peer, client_request: ClientRequest) -> None:
        _reply(peer, "pong", client_request)

    def _room(self, peer: Peer, client_request: ClientRequest) -> Room:
        return peer.app, room_of(client_request)


def _reply(peer: Peer, kind: str, client_request: ClientRequest, **members: object) -> None:
    peer.send(reply(kind, client_request, **members), kind)
