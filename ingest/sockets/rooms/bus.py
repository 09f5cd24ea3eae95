"""The way between workers: envelopes go out in batches and come in one by one.

`Local` is the bus of a single worker. The others connect on their own, try again when the other
side is away, and say so through `is_up`; rooms go on inside each worker meanwhile.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

import gevent
import msgspec
from gevent.event import Event

GATHER_SECONDS = 0.003
LONGEST_QUEUE = 20_000
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
logger = logging.getLogger(__name__)


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What one worker tells the others. `frame` is a text message already in JSON."""

    sender: str
    kind: str
    app: str = ""
    room: str = ""
    frame: str = ""
    numbers: list[tuple[str, str, int]] = []


Deliver = Callable[[Envelope], None]


class Bus(Protocol):
    """What rooms need of a bus."""

    @property
    def is_up(self) -> bool:
        """Whether other workers can be reached now."""

    def publish(self, envelope: Envelope) -> None:
        """Tell the other workers; never waits, drops the oldest when the way is blocked."""


class Local:
    """The bus of a worker that is alone."""

    is_up = True

    def publish(self, envelope: Envelope) -> None:
        """Nobody is there to be told."""


class Line(Protocol):
    """A connection to a broker. Every method raises `OSError` when the broker is away."""

    def connect(self) -> None:
        """Open, and listen from now on."""

    def send(self, batch: list[bytes]) -> None:
        """Send all, in order."""

    def read(self) -> list[bytes]:
        """Wait for what the broker brings."""

    def hang_up(self) -> None:
        """Close; never raises."""


class Wired:
    """A bus over a `Line`: one greenlet writes, one reads, both reconnect with back-off."""

    def __init__(
        self, outgoing: Line, incoming: Line, deliver: Deliver, came_up: Callable[[], None]
    ) -> None:
        self._outgoing, self._incoming = outgoing, incoming
        self._deliver = deliver
        self._came_up = came_up
        self._queue: deque[bytes] = deque(maxlen=LONGEST_QUEUE)
        self._waiting = Event()
        self._decoder = msgspec.json.Decoder(Envelope)
        self._up = {"in": False, "out": False}
        gevent.spawn(self._forever, "out", outgoing, self._write)
        gevent.spawn(self._forever, "in", incoming, self._read)

    @property
    def is_up(self) -> bool:
        """Whether both directions are open."""
        return all(self._up.values())

    def publish(self, envelope: Envelope) -> None:
        """Queue for the next batch; the oldest is dropped when the queue is full."""
        self._queue.append(msgspec.json.encode(envelope))
        self._waiting.set()

    def _forever(self, direction: str, line: Line, step: Callable[[], None]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                line.connect()
                self._rose(direction)
                pause = FIRST_PAUSE
                while True:
                    step()
            except OSError as fault:
                if self._up[direction]:
                    logger.warning("the bus between workers is away (%s), trying again", fault)
                self._up[direction] = False
                line.hang_up()
            gevent.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _rose(self, direction: str) -> None:
        self._up[direction] = True
        if self.is_up:
            self._came_up()

    def _write(self) -> None:
        self._waiting.wait()
        gevent.sleep(GATHER_SECONDS)
        self._waiting.clear()
        batch = list(self._queue)
        self._queue.clear()
        try:
            self._outgoing.send(batch)
        except OSError:
            room = LONGEST_QUEUE - len(self._queue)
            self._queue.extendleft(reversed(batch[-room:] if room else []))
            self._waiting.set()
            raise

    def _read(self) -> None:
        for raw in self._incoming.read():
            try:
                self._deliver(self._decoder.decode(raw))
            except msgspec.DecodeError:
                logger.warning("the bus between workers brought something that is no envelope")
