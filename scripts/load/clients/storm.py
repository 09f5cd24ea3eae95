"""A reconnect storm: all connections are cut at once, and each comes back by a back-off."""

import asyncio
from collections.abc import Awaitable, Callable

from .clock import Clock
from .connection import Connection
from .pool import Clients
from .timetable import Timetable

Open = Callable[[int], Awaitable[Connection | None]]


class Storm:
    """`recovery` is the time to the last connection back, in seconds; `not_back` is how many were
    not when the time was over."""

    def __init__(self, clients: Clients, timetable: Timetable, clock: Clock, reopen: Open) -> None:
        self.recovery: float | None = None
        self.not_back = 0
        self._clients, self._timetable, self._clock = clients, timetable, clock
        self._reopen = reopen

    async def run(self, end: float) -> None:
        """Cut all, and wait for them until `end`, or until the run is stopped."""
        began, numbers = self._clock.now(), self._clients.cut_all()
        back = await self._clock.finish((self._back(number) for number in numbers), end)
        if back == len(numbers):
            self.recovery = round(self._clock.now() - began, 3)
        elif not self._clock.is_stopped:
            self.not_back = len(numbers) - back

    async def _back(self, number: int) -> bool:
        for pause in self._timetable.back_off():
            await asyncio.sleep(pause)
            if await self._reopen(number) is not None:
                break
        return True
