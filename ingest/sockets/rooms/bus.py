"""The bus between workers: envelopes are sent in batches and delivered one by one.

`LocalBus` is that of a single worker. `BrokeredBus` connects by itself and reconnects; `is_up` is
false meanwhile, and rooms go on inside each worker.
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
    """A message between workers. `frame` is the JSON text for the clients, `number` that of the
    last message of the sender and app (see `sequence`)."""

    sender: str
    kind: str
    app: str = ""
    room: str = ""
    frame: str = ""
    numbers: list[tuple[str, str, int]] = []
    number: int = 0


Deliver = Callable[[Envelope], None]


class Bus(Protocol):
    """Publishes envelopes to the other workers."""

    @property
    def is_up(self) -> bool:
        """Whether other workers can be reached now."""

    @property
    def fault(self) -> str | None:
        """Why they cannot; `None` while they can, and before the first try has ended."""

    def publish(self, envelope: Envelope) -> None:
        """Send to the other workers; never blocks, drops the oldest when the queue is full."""

    def close(self) -> None:
        """Disconnect for good."""


class LocalBus:
    """The bus of a single worker."""

    is_up = True
    fault = None

    def publish(self, envelope: Envelope) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""


class BrokerConnection(Protocol):
    """A connection to a broker. Every method raises `OSError` when it is unreachable."""

    def connect(self) -> None:
        """Open, and subscribe when listening."""

    def send(self, batch: list[bytes]) -> None:
        """Send all, in order."""

    def read(self) -> list[bytes]:
        """Wait for messages."""

    def hang_up(self) -> None:
        """Close; never raises."""


class BrokeredBus:
    """A bus over two `BrokerConnection`s, a greenlet each; both reconnect with back-off."""

    def __init__(
        self,
        outgoing: BrokerConnection,
        incoming: BrokerConnection,
        deliver: Deliver,
        on_connected: Callable[[], None],
    ) -> None:
        self._outgoing, self._incoming = outgoing, incoming
        self._deliver = deliver
        self._on_connected = on_connected
        self._queue: deque[bytes] = deque(maxlen=LONGEST_QUEUE)
        self._waiting = Event()
        self._decoder = msgspec.json.Decoder(Envelope)
        self._up = {"in": False, "out": False}
        self._fault: str | None = None
        self._directions = [
            gevent.spawn(self._run_forever, "out", outgoing, self._write),
            gevent.spawn(self._run_forever, "in", incoming, self._read),
        ]

    @property
    def is_up(self) -> bool:
        """Whether both directions are open."""
        return all(self._up.values())

    @property
    def fault(self) -> str | None:
        """The last fault of a connection, until both directions are open."""
        return None if self.is_up else self._fault

    def publish(self, envelope: Envelope) -> None:
        """Queue for the next batch; the oldest is dropped when the queue is full."""
        self._queue.append(msgspec.json.encode(envelope))
        self._waiting.set()

    def close(self) -> None:
        """Stop both directions and disconnect; what is queued is dropped."""
        gevent.killall(self._directions)
        for connection in (self._outgoing, self._incoming):
            connection.hang_up()
        self._up = dict.fromkeys(self._up, False)

    def _run_forever(
        self, direction: str, connection: BrokerConnection, step: Callable[[], None]
    ) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                connection.connect()
                self._mark_up(direction)
                pause = FIRST_PAUSE
                while True:
                    step()
            except OSError as fault:
                if self._up[direction] or self._fault is None:
                    logger.warning("the bus between workers is away (%s), trying again", fault)
                self._up[direction], self._fault = False, str(fault) or type(fault).__name__
                connection.hang_up()
            gevent.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _mark_up(self, direction: str) -> None:
        self._up[direction] = True
        if self.is_up:
            self._on_connected()

    def _write(self) -> None:
        self._waiting.wait()
        gevent.sleep(GATHER_SECONDS)
        self._waiting.clear()
        batch = list(self._queue)
        self._queue.clear()
        try:
            self._outgoing.send(batch)
        except OSError:
            free = LONGEST_QUEUE - len(self._queue)
            self._queue.extendleft(reversed(batch[-free:] if free else []))
            self._waiting.set()
            raise

    def _read(self) -> None:
        for raw in self._incoming.read():
            try:
                self._deliver(self._decoder.decode(raw))
            except msgspec.DecodeError:
                logger.warning("the bus between workers brought something that is no envelope")
