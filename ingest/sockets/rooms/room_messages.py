"""What `/ws` understands from the start: join, leave, message and ping."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic, perf_counter

from flask import request

from analytics.formatting import instants
from ingest.http.rate_limit import Rate
from ingest.sockets.engine import identity
from ingest.sockets.engine.connection import Connection

from .broker import RoomBroker
from .messages import Refused, Request, Types, answer, parsed, room_of
from .peer import Peer
from .rooms import Room, TooManyRooms

MESSAGES_PER_SECOND = 100  # of one connection, bursts of ten times that
POLICY_VIOLATION = 1008
OTHER, NOT_UNDERSTOOD = "other", "not-understood"


class RoomTalk:
    """The handler of `/ws` for all connections of a worker."""

    def __init__(self, broker: RoomBroker, now: Callable[[], datetime]) -> None:
        self._broker = broker
        self._now = now
        self._rate = Rate(MESSAGES_PER_SECOND)
        self.types = Types()
        for name, handler in (
            ("join", self._join),
            ("leave", self._leave),
            ("message", self._message),
            ("ping", self._ping),
        ):
            self.types.register(name, handler)

    def serve(self, connection: Connection) -> None:
        """Talk with one connection until it ends."""
        app = request.args.get("app") or identity.DEFAULT_APP
        if not identity.is_app(app):
            connection.close(POLICY_VIOLATION, "app must be 1 to 64 printable characters")
            return
        self._broker.start()
        peer = Peer(connection, app)
        try:
            while (message := connection.receive()) is not None:
                if self._rate.take(peer.id, 1, monotonic()):
                    connection.close(POLICY_VIOLATION, "too many messages")
                    return
                self._take(peer, message)
        finally:
            self._broker.leave_all(peer)

    def _take(self, peer: Peer, message: str | bytes) -> None:
        tally, begun = peer.connection.tally, perf_counter()
        asked: Request = {}
        kind = NOT_UNDERSTOOD
        try:
            asked = parsed(message)
            kind = asked["type"] if asked["type"] in self.types else OTHER
            self.types.handle(peer, asked)
        except Refused as refused:
            tally.errors[refused.code] += 1
            _answer(peer, "error", asked, code=refused.code, detail=refused.detail)
        finally:
            tally.kinds_received[kind] += 1
            tally.processing.add(perf_counter() - begun)

    def _join(self, peer: Peer, asked: Request) -> None:
        room = self._room(peer, asked)
        try:
            members = self._broker.join(peer, room)
        except TooManyRooms:
            raise Refused("too-many-rooms", "leave a room before joining another") from None
        _answer(peer, "joined", asked, room=room[1], members=members)

    def _leave(self, peer: Peer, asked: Request) -> None:
        room = self._room(peer, asked)
        members = self._broker.leave(peer, room)
        if members is None:
            raise Refused("no-such-room", "you are not in this room")
        _answer(peer, "left", asked, room=room[1], members=members)

    def _message(self, peer: Peer, asked: Request) -> None:
        room = self._room(peer, asked)
        if not self._broker.contains(peer, room):
            raise Refused("no-such-room", "join this room before speaking in it")
        at = instants.written(self._now(), "milliseconds")
        members = {"room": room[1], "data": asked.get("data"), "from": peer.id, "at": at}
        tally, begun = peer.connection.tally, perf_counter()
        tally.spoken_in(room[1])
        self._broker.send(room, answer("message", asked, **members))
        tally.broadcast.add(perf_counter() - begun)

    def _ping(self, peer: Peer, asked: Request) -> None:
        _answer(peer, "pong", asked)

    def _room(self, peer: Peer, asked: Request) -> Room:
        return peer.app, room_of(asked)


def _answer(peer: Peer, kind: str, asked: Request, **members: object) -> None:
    peer.send(answer(kind, asked, **members), kind)
