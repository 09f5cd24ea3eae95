"""Rooms: every message goes to all members of a room, by the protocol of `/ws`."""

from collections import Counter
from time import perf_counter
from typing import Any

import msgspec

from scripts.load.clients.connection import Connection
from scripts.load.clients.tally import Tally

MEMBERS = 10
_decoder = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.encode


class Member:
    """Of one connection: its room, whether it has joined it, and since when its requests wait for
    their replies, by id."""

    __slots__ = ("has_joined", "next", "room", "waiting")

    def __init__(self, room: str) -> None:
        self.room = room
        self.has_joined = False
        self.next = 0
        self.waiting: dict[str, float] = {}


class Rooms:
    """Rooms of ten. The round trip is from a message to the sender's own copy of it; every member
    who had joined when it was sent is expected to get one."""

    path = "/ws"

    def __init__(self, tally: Tally, message_bytes: int, run: str) -> None:
        self._tally = tally
        self._run = run
        self._data = "." * message_bytes
        self._members: Counter[str] = Counter()

    def opened(self, connection: Connection) -> None:
        connection.state = Member(f"load-{self._run}-{connection.number // MEMBERS}")
        self.join(connection)

    def join(self, connection: Connection) -> None:
        """Ask for the connection's room."""
        self._request(connection, perf_counter(), type="join", room=connection.state.room)

    def talks(self, _: Connection, /) -> bool:
        return True

    def send(self, connection: Connection, since: float) -> None:
        if connection.state.has_joined:
            self.message(connection, since)
        else:
            self._request(connection, since, type="ping")

    def message(self, connection: Connection, since: float) -> None:
        """Send a message to the connection's room, whose members all get it."""
        room = connection.state.room
        self._request(connection, since, type="message", room=room, data=self._data)
        self._tally.expected += self._members[room] - 1

    def received(self, connection: Connection, payload: bytes) -> None:
        now, member = perf_counter(), connection.state
        try:
            message = _decoder.decode(payload)
        except msgspec.DecodeError:
            message = {}
        kind = message.get("type")
        if kind not in ("joined", "left", "message", "pong"):
            self._tally.garbled += 1
            return
        self._tally.received += 1
        if kind in ("joined", "left"):
            self._moved(member, has_joined=kind == "joined")
        since = member.waiting.pop(message.get("id"), None)
        if since is not None:
            self._tally.round_trips.append((now - since) * 1000)

    def closed(self, connection: Connection) -> None:
        if connection.state is not None:
            self._moved(connection.state, has_joined=False)

    def _moved(self, member: Member, *, has_joined: bool) -> None:
        self._members[member.room] += has_joined - member.has_joined
        member.has_joined = has_joined

    def _request(self, connection: Connection, since: float, **fields: str) -> None:
        member: Member = connection.state
        identifier = f"{connection.number}.{member.next}"
        member.next += 1
        member.waiting[identifier] = since
        connection.send_text(_encode({**fields, "id": identifier}))
        self._tally.sent += 1
        self._tally.expected += 1
