"""Room membership of this worker, and the member counts of the other workers. No I/O.

A room belongs to an app. Other workers publish their counts over the bus and are dropped when their
heartbeats stop.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Member = TypeVar("Member", bound=Hashable)
Room = tuple[str, str]


@dataclass(slots=True)
class _OtherWorker:
    """Another worker: when it was last heard from, and its member counts by room."""

    last_heard: float
    members: dict[Room, int] = field(default_factory=dict)


class TooManyRooms(Exception):
    """The limit of rooms per member or per worker is reached."""


class Rooms(Generic[Member]):
    """Rooms of one worker, limited by `per_member` and `per_worker`."""

    def __init__(self, *, per_member: int = 50, per_worker: int = 100_000) -> None:
        self._per_member = per_member
        self._per_worker = per_worker
        self._members: dict[Room, set[Member]] = {}
        self._rooms_of: dict[Member, set[Room]] = {}
        self._workers: dict[str, _OtherWorker] = {}

    def join(self, member: Member, room: Room) -> bool:
        """Add a member; False when it already was one. Raises `TooManyRooms`."""
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
        """Remove a member; False when it was none."""
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
        """Remove a member from all rooms; the rooms it was in."""
        rooms = sorted(self._rooms_of.get(member, ()))
        for room in rooms:
            self.leave(member, room)
        return rooms

    def contains(self, member: Member, room: Room) -> bool:
        """Whether the member is in the room."""
        return room in self._rooms_of.get(member, ())

    def local_members(self, room: Room) -> tuple[Member, ...]:
        """Members connected to this worker."""
        return tuple(self._members.get(room, ()))

    def count(self, room: Room) -> int:
        """Members on all workers."""
        elsewhere = sum(peer.members.get(room, 0) for peer in self._workers.values())
        return len(self._members.get(room, ())) + elsewhere

    def is_first(self, name: str, room: Room) -> bool:
        """Whether `name` sorts before every other worker with members in the room."""
        return not any(
            other < name and room in peer.members for other, peer in self._workers.items()
        )

    def local_counts(self, rooms: Iterable[Room]) -> dict[Room, int]:
        """Local member count of each of these rooms, 0 when empty."""
        return {room: len(self._members.get(room, ())) for room in rooms}

    @property
    def has_workers(self) -> bool:
        """Whether there are other workers."""
        return bool(self._workers)

    def has_worker(self, worker_id: str) -> bool:
        """Whether this other worker is registered."""
        return worker_id in self._workers

    def update_worker(
        self, worker_id: str, numbers: dict[Room, int], at: float, *, complete: bool
    ) -> None:
        """Set another worker's counts: of all its rooms (`complete`) or of those that changed."""
        worker = self._workers.setdefault(worker_id, _OtherWorker(at))
        worker.last_heard = at
        if complete:
            worker.members.clear()
        for room, members in numbers.items():
            if members > 0:
                worker.members[room] = members
            else:
                worker.members.pop(room, None)

    def forget_silent_workers(self, before: float) -> None:
        """Drop workers last heard from before this instant."""
        for name in [name for name, peer in self._workers.items() if peer.last_heard < before]:
            del self._workers[name]

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._members))
