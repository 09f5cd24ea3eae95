"""An event loop that knows when it last looked at its sockets.

What made a socket readable had come by then, however many others are read before it. A message that
counts as come when its turn is has the generator's own work in its round trip.
"""

import asyncio
import selectors
from time import perf_counter


class _Selector(selectors.DefaultSelector):
    """`polled` is when it last returned, of `time.perf_counter`."""

    polled = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout)
        self.polled = perf_counter()
        return ready


class PolledLoop(asyncio.SelectorEventLoop):
    """`polled()` is when it last looked at its sockets, of `time.perf_counter`."""

    def __init__(self) -> None:
        self._sockets = _Selector()
        super().__init__(self._sockets)

    def polled(self) -> float:
        return self._sockets.polled
