"""One connection in blocking code: a thread, or a greenlet where the tool has patched them."""

import time
from collections.abc import Callable
from threading import Thread
from time import perf_counter
from typing import Any, Protocol

from scripts.load.clients.pacing import Pacer
from scripts.load.clients.scenario import Client, Scenario
from scripts.load.clients.tally import Tally

LONGEST_SLEEP = 0.05
DRAIN_SECONDS = 5.0
CLOSING_SECONDS = 5.0
Interval = Callable[[float], float]


class Ended(Exception):
    """The connection is over. The text is "code/who", as reports have it."""


class Socket(Protocol):
    """An open WebSocket."""

    def send(self, payload: bytes) -> None:
        """Send a text message. Raises `OSError` or `Ended`."""

    def receive(self) -> bytes:
        """The next message. Raises `Ended`."""

    def close(self) -> None:
        """Send a close frame with 1000; raises nothing."""

    def abort(self) -> None:
        """End it without a close frame, which ends `receive` too; raises nothing."""


class Session:
    """A client of a run, counted as open from its start on."""

    def __init__(
        self,
        number: int,
        scenario: Scenario[Client],
        tally: Tally,
        socket: Socket,
        handshake_ms: float,
    ) -> None:
        self.number = number
        self.state: Any = None
        self.is_cut = False
        self._scenario, self._tally, self._socket = scenario, tally, socket
        self._is_sending = True
        self._is_ending = False
        self._is_reading = True
        self._reader = Thread(target=self._read, daemon=True)
        tally.opened(handshake_ms)
        scenario.opened(self)
        self._reader.start()

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._is_sending

    def send_text(self, payload: bytes) -> None:
        """Send one text message (UTF-8); one that cannot leave is lost."""
        try:
            self._socket.send(payload)
        except (OSError, Ended):
            self._is_sending = False

    def pause_reading(self) -> None:
        """Read nothing more."""
        self._is_reading = False

    def run(self, first: float | None, interval: Interval, end: float) -> None:
        """Send at `first`, of `time.perf_counter`, or never, and then every `interval(now)` seconds
        while open, until `end`."""
        pacer: Pacer[Session] = Pacer(interval(perf_counter()))
        if first is not None and self._scenario.talks(self):
            pacer.add(self, first)
        while self._is_sending and (now := perf_counter()) < end:
            pacer.interval = interval(now)
            following = pacer.run(_send)
            pause = LONGEST_SLEEP if following is None else following - perf_counter()
            time.sleep(min(max(0.0, pause), LONGEST_SLEEP, max(0.0, end - perf_counter())))

    def stop(self) -> None:
        """Send nothing more, wait for replies that are on their way, and close."""
        self._is_sending = False
        _wait(lambda: not self._tally.lost, DRAIN_SECONDS)
        self._is_ending = True
        self._socket.close()
        self.join()

    def join(self) -> None:
        """Wait until the connection is over, and counted."""
        self._reader.join(CLOSING_SECONDS)

    def leave(self) -> None:
        """Close in the middle of the run: the peer may leave out what is on its way."""
        self._end()
        self._socket.close()

    def cut(self) -> None:
        """End the connection as a lost network does: nobody expects what is on its way."""
        self._end()
        self._socket.abort()

    def due(self, due: float, since: float) -> bool:
        """Send what is due, as `Pacer` says it."""
        if not self._is_sending:
            return False
        self._tally.offered += 1
        self._tally.late.append((perf_counter() - due) * 1000)
        self._scenario.send(self, since)
        return True

    def _end(self) -> None:
        self._is_sending, self._is_ending, self.is_cut = False, True, True

    def _read(self) -> None:
        ending = "1000/client"
        try:
            while self._is_reading:
                payload = self._socket.receive()
                self._scenario.received(self, payload, perf_counter())
            _wait(lambda: self._is_ending, float("inf"))
        except Ended as end:
            ending = str(end)
        self._is_sending = False
        self._scenario.closed(self)
        self._tally.open -= 1
        (self._tally.closed if self._is_ending else self._tally.dropped)[ending] += 1


def _send(session: Session, due: float, since: float) -> bool:
    return session.due(due, since)


def _wait(is_over: Callable[[], bool], seconds: float) -> None:
    end = perf_counter() + seconds
    while not is_over() and perf_counter() < end:
        time.sleep(LONGEST_SLEEP)
