"""Rooms over all workers: local members are reached directly, those of other workers by the bus.

A worker announces itself with all its member counts (`hello`), then publishes changes, and sends
heartbeats so that a dead one is dropped. An unknown sender is asked (`ask`) for its `hello`.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from uuid import uuid4

from ingest.sockets.engine import framing
from ingest.worker.background import Loop, every

from .bus import Bus, Deliver, Envelope, LocalBus
from .peer import Peer
from .rooms import Room, Rooms
from .sequence import ReceivedNumbers, SentNumbers

HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 2.5 * HEARTBEAT_SECONDS

BusFactory = Callable[[Deliver, Callable[[], None]], Bus]


class RoomBroker:
    """The rooms, seen from one worker. The bus is opened with the first peer, so after fork.

    `on_missed(app, messages)` hears of messages of other workers that did not reach this one.
    """

    def __init__(self, connect_bus: BusFactory) -> None:
        self._connect_bus = connect_bus
        self._rooms: Rooms[Peer] = Rooms()
        self._id = uuid4().hex
        self._bus: Bus = LocalBus()
        self._beats: Loop | None = None
        self._is_started = False
        self._sent = SentNumbers()
        self._received = ReceivedNumbers()
        self.on_missed: Callable[[str, int], None] = _ignore

    @property
    def is_up(self) -> bool:
        """Whether other workers can be reached now."""
        return self._bus.is_up

    @property
    def fault(self) -> str | None:
        """Why other workers cannot be reached; `None` while they can."""
        return self._bus.fault

    def start(self) -> None:
        """Open the bus, once."""
        if not self._is_started:
            self._is_started = True
            self._bus = self._connect_bus(self._deliver, self._publish_all)
            self._beats = every(HEARTBEAT_SECONDS, self._beat, "room heartbeat")

    def close(self) -> None:
        """Close the bus; the rooms go on inside this worker."""
        self._is_started = True  # and never again
        if self._beats is not None:
            self._beats.stop()
        self._bus.close()

    def join(self, peer: Peer, room: Room) -> int:
        """Add a peer; the member count over all workers. Raises `TooManyRooms`."""
        if self._rooms.join(peer, room):
            self._publish_changed([room])
        return self._rooms.count(room)

    def leave(self, peer: Peer, room: Room) -> int | None:
        """Remove a peer; the remaining member count, or `None` when it was no member."""
        if not self._rooms.leave(peer, room):
            return None
        self._publish_changed([room])
        return self._rooms.count(room)

    def leave_all(self, peer: Peer) -> None:
        """Remove a peer from all rooms."""
        left = self._rooms.leave_all(peer)
        if left:
            self._publish_changed(left)

    def contains(self, peer: Peer, room: Room) -> bool:
        """Whether the peer is in the room."""
        return self._rooms.contains(peer, room)

    def send(self, room: Room, text: str) -> None:
        """Send a text message to every member."""
        self._send_locally(room, text)
        if self._rooms.has_workers:
            app, name = room
            number = self._sent.next(app)
            self._bus.publish(
                Envelope(self._id, "message", app=app, room=name, frame=text, number=number)
            )

    def _send_locally(self, room: Room, text: str) -> None:
        frame = framing.encoded(framing.TEXT, text.encode("utf-8"))
        for peer in self._rooms.local_members(room):
            if peer.connection.post(frame):
                peer.connection.tally.kinds_sent["message"] += 1

    def gauges(self) -> dict[str, tuple[int, dict[str, int]]]:
        """By app: (number of rooms this worker counts, local members by room).

        A room on several workers is counted by the first of them, so that the sum over all workers
        is exact.
        """
        by_app: dict[str, tuple[int, dict[str, int]]] = {}
        for room, members in self._rooms.local_counts(self._rooms).items():
            number, members_by_room = by_app.get(room[0], (0, {}))
            members_by_room[room[1]] = members
            by_app[room[0]] = (number + self._rooms.is_first(self._id, room), members_by_room)
        return by_app

    def _publish_changed(self, rooms: Iterable[Room]) -> None:
        if self._rooms.has_workers:
            self._publish("changed", rooms)

    def _publish_all(self) -> None:
        self._publish_sent(self._sent.all())
        self._publish("hello", self._rooms)

    def _publish_sent(self, numbers: Iterable[tuple[str, int]]) -> None:
        for app, number in numbers:
            self._bus.publish(Envelope(self._id, "sent", app=app, number=number))

    def _publish(self, kind: str, rooms: Iterable[Room] = ()) -> None:
        numbers = [(*room, members) for room, members in self._rooms.local_counts(rooms).items()]
        self._bus.publish(Envelope(self._id, kind, numbers=numbers))

    def _deliver(self, envelope: Envelope) -> None:
        if envelope.sender == self._id:
            return
        self._deliver_message(envelope)
        is_new = not self._rooms.has_worker(envelope.sender)
        numbers = {(app, room): members for app, room, members in envelope.numbers}
        is_complete = envelope.kind == "hello"
        if is_complete:
            self._received.meet(envelope.sender)
        self._rooms.update_worker(envelope.sender, numbers, monotonic(), complete=is_complete)
        if envelope.kind == "ask" or (is_new and is_complete):
            self._publish_all()
        elif is_new:
            self._publish("ask")

    def _deliver_message(self, envelope: Envelope) -> None:
        """Send a message to local members, once, and tell of those that did not come."""
        missed, of_sender = 0, (envelope.sender, envelope.app, envelope.number)
        if envelope.kind == "message":
            is_first, missed = self._received.message(*of_sender)
            if is_first:
                self._send_locally((envelope.app, envelope.room), envelope.frame)
        elif envelope.kind == "sent":
            missed = self._received.sent(*of_sender)
        if missed:
            self.on_missed(envelope.app, missed)

    def _beat(self) -> None:
        self._rooms.forget_silent_workers(monotonic() - SILENT_SECONDS)
        self._publish_sent(self._sent.changed())
        self._publish("beat")


def _ignore(_app: str, _messages: int) -> None:
    """Nobody counts what did not come."""
