"""Rooms: every message goes to all members of a room, by the protocol of `/ws`.

Who is expected to get a copy is exact but around a join or leave, which cross with messages of
others. Each room numbers its messages. Those numbered before a member's `joined` came are expected
when they come; those on their way when a member asks to leave are no longer.
"""

from time import perf_counter
from typing import Literal

import msgspec

from scripts.load.clients.scenario import Client
from scripts.load.clients.tally import Tally

MEMBERS = 10
_encode = msgspec.json.encode


class Reply(msgspec.Struct, frozen=True):
    """What a server may send to a member; anything else is garbled."""

    type: Literal["joined", "left", "message", "pong"]
    id: str
    data: str = ""

    @property
    def number(self) -> int:
        """Of a message, that of its room."""
        return int(self.id.rpartition(".")[2])


_decoder = msgspec.json.Decoder(Reply)


class Room:
    """Its name, its members by the count of the clients, and how many messages were sent to it."""

    __slots__ = ("members", "name", "sent")

    def __init__(self, name: str) -> None:
        self.name = name
        self.members = 0
        self.sent = 0


class Member:
    """Of one connection: its room, whether it has joined it and at which message, the copies that
    came since, and since when its requests wait for their replies, by id."""

    __slots__ = ("copies", "first", "has_joined", "next", "room", "waiting")

    def __init__(self, room: Room) -> None:
        self.room = room
        self.has_joined = False
        self.first = 0
        self.copies = 0
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
        self._rooms: dict[int, Room] = {}

    def opened(self, connection: Client) -> None:
        number = connection.number // MEMBERS
        room = self._rooms.setdefault(number, Room(f"load-{self._run}-{number}"))
        connection.state = Member(room)
        self.join(connection)

    def join(self, connection: Client) -> None:
        """Ask for the connection's room."""
        self._request(connection, perf_counter(), type="join", room=connection.state.room.name)

    def talks(self, _: Client, /) -> bool:
        return True

    def send(self, connection: Client, since: float) -> None:
        if connection.state.has_joined:
            self.message(connection, since)
        else:
            self._request(connection, since, type="ping")

    def message(self, connection: Client, since: float) -> None:
        """Send a message to the connection's room, whose members all get it."""
        room: Room = connection.state.room
        room.sent += 1
        self._request(connection, since, type="message", room=room.name, data=self._data)
        self._tally.expected += room.members - 1

    def received(self, connection: Client, payload: bytes, at: float) -> None:
        member = connection.state
        try:
            reply = _decoder.decode(payload)
            self._taken(member, reply)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
            self._tally.garbled += 1
            return
        self._tally.received += 1
        since = member.waiting.pop(reply.id, None)
        if since is not None:
            self._tally.came_back(since, at)

    def closed(self, connection: Client) -> None:
        if connection.is_cut:
            self.left(connection.state)
        elif connection.state.has_joined:
            connection.state.has_joined = False
            connection.state.room.members -= 1

    def left(self, member: Member) -> None:
        """A member leaves by the will of the run: of what is on its way to it some may come."""
        if member.has_joined:
            under_way = member.room.sent - member.first - member.copies
            self._tally.expected -= under_way
            self._tally.cut += under_way
            member.has_joined = False
            member.room.members -= 1

    def _taken(self, member: Member, reply: Reply) -> None:
        """Raises `ValueError` for a message that nobody sent."""
        if reply.type == "joined" and not member.has_joined:
            member.has_joined, member.first, member.copies = True, member.room.sent, 0
            member.room.members += 1
        if reply.type == "message":
            self._copied(member, reply)

    def _copied(self, member: Member, reply: Reply) -> None:
        number = reply.number
        if reply.data != self._data or number > member.room.sent:
            raise ValueError(reply.id)
        if member.has_joined and number > member.first:
            member.copies += 1
        else:
            self._tally.expected += 1

    def _request(self, connection: Client, since: float, **fields: str) -> None:
        member: Member = connection.state
        identifier = f"{connection.number}.{member.next}.{member.room.sent}"
        member.next += 1
        member.waiting[identifier] = since
        connection.send_text(_encode({**fields, "id": identifier}))
        self._tally.sent += 1
        self._tally.expected += 1
