"""The open model: messages are due by a timetable, whether or not earlier ones were answered.

A round trip counts from when its message was due, so that a server which stalls is charged for all
that waited meanwhile (coordinated omission, Tene 2013). A message that is sent within one tick of
the timer after it was due counts from when it was sent: no stall is shorter than the timer sees.
"""

import heapq
from collections.abc import Callable
from time import perf_counter
from typing import Generic, TypeVar

TICK = 0.0015  # of the event loop's timer, in seconds, with its own overhead
BURST = 8  # messages, behind which replies wait to be read

Sender = TypeVar("Sender")


class Pacer(Generic[Sender]):
    """A timetable of senders with one interval. Times are seconds of one monotonic `clock`."""

    def __init__(self, interval: float, clock: Callable[[], float] = perf_counter) -> None:
        self.interval = interval
        self._clock = clock
        self._due: list[tuple[float, int, Sender]] = []
        self._serial = 0

    def add(self, sender: Sender, first: float) -> None:
        """Let a sender send at `first`, and every interval from then on."""
        self._serial += 1
        heapq.heappush(self._due, (first, self._serial, sender))

    def run(self, send: Callable[[Sender, float, float], bool]) -> float | None:
        """Call `send(sender, due, since)` for what is due, a burst at most; one that returns false
        leaves the timetable. `since` is what the round trip counts from. Returns when the next is
        due, which may have been."""
        due, clock = self._due, self._clock
        for _ in range(BURST):
            if not due or due[0][0] > (now := clock()):
                break
            at, serial, sender = due[0]
            if send(sender, at, now if now - at <= TICK else at):
                heapq.heapreplace(due, (at + self.interval, serial, sender))
            else:
                heapq.heappop(due)
        return due[0][0] if due else None
