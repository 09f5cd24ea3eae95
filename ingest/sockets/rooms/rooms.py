"""Rooms: who in this worker is in which, and how many are in them elsewhere.

A room belongs to an app. This worker's members are held here; the other workers tell their numbers
through the bus, each for itself, and are forgotten when they fall silent. Nothing here does I/O.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Member = TypeVar("Member", bound=Hashable)
Room = tuple[str, str]


@dataclass(slots=True)
class _Peer:
    """Another worker: when it was last heard, and its members by room."""

    heard: float
    members: dict[Room, int] = field(default_factory=dict)


class TooManyRooms(Exception):
    """This member, or this worker, is in as many rooms as it may be."""


class Rooms(Generic[Member]):
    """Rooms of one worker. `per_member` and `per_worker` bound them."""

    def __init__(self, *, per_member: int = 50, per_worker: int = 100_000) -> None:
        self._per_member = per_member
        self._per_worker = per_worker
        self._members: dict[Room, set[Member]] = {}
        self._rooms_of: dict[Member, set[Room]] = {}
        self._peers: dict[str, _Peer] = {}

    def join(self, member: Member, room: Room) -> bool:
        """Add a member; False when it was in already. Raises `TooManyRooms`."""
        rooms = self._rooms_of.get(member, set())
        if room in rooms:
            return False
        full = room not in self._members and len(self._members) >= self._per_worker
        if len(rooms) >= self._per_member or full:
            raise TooManyRooms
        self._rooms_of.setdefault(member, set()).add(room)
        self._members.setdefault(room, set()).add(member)
        return True

    def leave(self, member: Member, room: Room) -> bool:
        """Remove a member; False when it was not in."""
        if room not in self._rooms_of.get(member, ()):
            return False
        self._rooms_of[member].discard(room)
        if not self._rooms_of[member]:
            del self._rooms_of[member]
        self._members[room].discard(member)
        if not self._members[room]:
            del self._members[room]
        return True

    def leave_all(self, member: Member) -> list[Room]:
        """Remove a member from everywhere; the rooms it was in."""
        rooms = sorted(self._rooms_of.get(member, ()))
        for room in rooms:
            self.leave(member, room)
        return rooms

    def contains(self, member: Member, room: Room) -> bool:
        """Whether the member is in the room."""
        return room in self._rooms_of.get(member, ())

    def here(self, room: Room) -> tuple[Member, ...]:
        """Members connected to this worker."""
        return tuple(self._members.get(room, ()))

    def count(self, room: Room) -> int:
        """Members on all workers."""
        elsewhere = sum(peer.members.get(room, 0) for peer in self._peers.values())
        return len(self._members.get(room, ())) + elsewhere

    def is_first(self, name: str, room: Room) -> bool:
        """Whether no other worker with members in the room comes before `name`."""
        return not any(other < name and room in peer.members for other, peer in self._peers.items())

    def numbers(self, rooms: Iterable[Room]) -> dict[Room, int]:
        """Members here of each of these rooms, 0 when empty."""
        return {room: len(self._members.get(room, ())) for room in rooms}

    @property
    def has_peers(self) -> bool:
        """Whether there are other workers."""
        return bool(self._peers)

    def knows(self, peer: str) -> bool:
        """Whether this worker has been heard of lately."""
        return peer in self._peers

    def heard(self, peer: str, numbers: dict[Room, int], at: float, *, whole: bool) -> None:
        """Another worker told its members, of all its rooms (`whole`) or of those that changed."""
        known = self._peers.setdefault(peer, _Peer(at))
        known.heard = at
        if whole:
            known.members.clear()
        for room, members in numbers.items():
            if members > 0:
                known.members[room] = members
            else:
                known.members.pop(room, None)

    def forget_silent(self, before: float) -> None:
        """Forget workers last heard before this instant."""
        for name in [name for name, peer in self._peers.items() if peer.heard < before]:
            del self._peers[name]

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._members))
