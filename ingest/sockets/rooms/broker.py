"""Rooms over all workers: members of this one are reached directly, those of others by the bus.

Workers introduce themselves with all their numbers (`hello`), then tell changes, and beat so that
one that dies is forgotten. Whoever hears an unknown worker asks it to introduce itself.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from uuid import uuid4

import gevent

from ingest.sockets.engine import framing

from .bus import Bus, Deliver, Envelope, Local
from .peer import Peer
from .rooms import Room, Rooms

BEAT_SECONDS = 5.0
SILENT_SECONDS = 2.5 * BEAT_SECONDS

Wire = Callable[[Deliver, Callable[[], None]], Bus]


class RoomBroker:
    """The rooms as one worker sees them. The bus is opened with the first peer, so after fork."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._rooms: Rooms[Peer] = Rooms()
        self._id = uuid4().hex
        self._bus: Bus = Local()
        self._started = False

    @property
    def is_up(self) -> bool:
        """Whether other workers can be reached now."""
        return self._bus.is_up

    def start(self) -> None:
        """Open the bus, once."""
        if not self._started:
            self._started = True
            self._bus = self._wire(self._deliver, self._introduce)
            gevent.spawn(self._beat)

    def join(self, peer: Peer, room: Room) -> int:
        """Add a peer; the members now, on all workers. Raises `TooManyRooms`."""
        if self._rooms.join(peer, room):
            self._tell([room])
        return self._rooms.count(room)

    def leave(self, peer: Peer, room: Room) -> int | None:
        """Remove a peer; the members left, or `None` when it was not in."""
        if not self._rooms.leave(peer, room):
            return None
        self._tell([room])
        return self._rooms.count(room)

    def leave_all(self, peer: Peer) -> None:
        """Remove a peer from everywhere."""
        left = self._rooms.leave_all(peer)
        if left:
            self._tell(left)

    def contains(self, peer: Peer, room: Room) -> bool:
        """Whether the peer is in the room."""
        return self._rooms.contains(peer, room)

    def send(self, room: Room, text: str) -> None:
        """Bring a text message to every member."""
        self._send_here(room, text)
        if self._rooms.has_peers:
            app, name = room
            self._bus.publish(Envelope(self._id, "message", app=app, room=name, frame=text))

    def _send_here(self, room: Room, text: str) -> None:
        frame = framing.encoded(framing.TEXT, text.encode("utf-8"))
        for peer in self._rooms.here(room):
            if peer.connection.post(frame):
                peer.connection.tally.kinds_sent["message"] += 1

    def gauges(self) -> dict[str, tuple[int, dict[str, int]]]:
        """By app: the rooms this worker answers for, and its own members of each room here.

        A room on several workers is answered for by the first of them, so that the sum over all
        workers counts it once.
        """
        found: dict[str, tuple[int, dict[str, int]]] = {}
        for room, members in self._rooms.numbers(self._rooms).items():
            number, here = found.get(room[0], (0, {}))
            here[room[1]] = members
            found[room[0]] = (number + self._rooms.is_first(self._id, room), here)
        return found

    def _tell(self, rooms: Iterable[Room]) -> None:
        if self._rooms.has_peers:
            self._publish("changed", rooms)

    def _introduce(self) -> None:
        self._publish("hello", self._rooms)

    def _publish(self, kind: str, rooms: Iterable[Room] = ()) -> None:
        numbers = [(*room, members) for room, members in self._rooms.numbers(rooms).items()]
        self._bus.publish(Envelope(self._id, kind, numbers=numbers))

    def _deliver(self, envelope: Envelope) -> None:
        if envelope.sender == self._id:
            return
        if envelope.kind == "message":
            self._send_here((envelope.app, envelope.room), envelope.frame)
        is_new = not self._rooms.knows(envelope.sender)
        numbers = {(app, room): members for app, room, members in envelope.numbers}
        is_whole = envelope.kind == "hello"
        self._rooms.heard(envelope.sender, numbers, monotonic(), whole=is_whole)
        if envelope.kind == "ask" or (is_new and is_whole):
            self._introduce()
        elif is_new:
            self._publish("ask")

    def _beat(self) -> None:
        while True:
            gevent.sleep(BEAT_SECONDS)
            self._rooms.forget_silent(monotonic() - SILENT_SECONDS)
            self._publish("beat")
