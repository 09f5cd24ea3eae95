"""Replayed visits under way: connections come, send at the rate of their hour, and leave."""

import asyncio
from collections.abc import Callable, Coroutine

from scripts.load.replay.recorded_day import HOURS
from scripts.load.replay.visits import Visits, interval_of

from .clock import Clock
from .connection import Connection

Open = Callable[[int], Coroutine[None, None, Connection | None]]
SetInterval = Callable[[float], None]


class Course:
    """The steady phase of a replay. Numbers of connections go on from those of the ramp-up."""

    def __init__(self, visits: Visits, clock: Clock, connect: Open) -> None:
        self._visits, self._clock, self._connect = visits, clock, connect
        self._staying: set[asyncio.Task[bool]] = set()

    async def run(self, initial: list[Connection], began: float, set_interval: SetInterval) -> None:
        """Until the day is over, or the run is stopped; whoever is there then stays."""
        visits = self._visits
        for connection, length in zip(initial, visits.initial.tolist(), strict=False):
            self._add(self._stay(connection, began + length))
        rates = asyncio.create_task(self._follow_rates(began, set_interval))
        pairs = zip(visits.arrivals.tolist(), visits.lengths.tolist(), strict=True)
        for number, (at, length) in enumerate(pairs, len(visits.initial)):
            await self._clock.until(began + at)
            if self._clock.is_stopped:
                break
            self._add(self._visit(number, began + at + length))
        await self._clock.until(began + visits.seconds)
        rates.cancel()
        await self._clock.ended(self._staying, self._clock.now())

    def _add(self, visit: Coroutine[None, None, bool]) -> None:
        task = asyncio.create_task(visit)
        self._staying.add(task)
        task.add_done_callback(self._staying.discard)

    async def _visit(self, number: int, end: float) -> bool:
        connection = await self._connect(number)
        return connection is not None and await self._stay(connection, end)

    async def _stay(self, connection: Connection, end: float) -> bool:
        await self._clock.until(end)
        if not self._clock.is_stopped:
            connection.leave()
        return True

    async def _follow_rates(self, began: float, set_interval: SetInterval) -> None:
        hour = self._visits.seconds / HOURS
        for index, rate in enumerate(self._visits.rates.tolist()):
            await self._clock.until(began + index * hour)
            set_interval(min(interval_of(rate), hour))
