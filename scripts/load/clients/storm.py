"""A reconnect storm: all connections are cut at once, and each comes back by a back-off."""

import asyncio
from collections.abc import Awaitable, Callable

from .clock import Clock
from .connection import Connection
from .pool import Clients
from .tally import Tally
from .timetable import Timetable

Open = Callable[[int], Awaitable[Connection | None]]


class Storm:
    """Counts in the tally who was cut, and who is back."""

    def __init__(
        self, clients: Clients, tally: Tally, timetable: Timetable, clock: Clock, reopen: Open
    ) -> None:
        self._clients, self._tally = clients, tally
        self._timetable, self._clock, self._reopen = timetable, clock, reopen

    async def run(self, end: float) -> None:
        """Cut all, and wait for them until `end`, or until the run is stopped."""
        began, numbers = self._clock.now(), self._clients.cut_all()
        self._tally.stormed = len(numbers)
        await self._clock.finish((self._back(number, began) for number in numbers), end)

    async def _back(self, number: int, began: float) -> None:
        for pause in self._timetable.back_off():
            await asyncio.sleep(pause)
            if await self._reopen(number) is not None:
                break
        self._tally.returned(self._clock.now() - began)
