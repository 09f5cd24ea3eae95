"""The time of a run, and its early end."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from contextlib import suppress
from math import inf
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Seconds since the start of a run; `stop()` ends every wait at once."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._stopping = asyncio.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether the run was ended early."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin to count."""
        self._began = perf_counter()

    def stop(self) -> None:
        """End every wait, and all that follow."""
        self._stopping.set()

    def now(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self._began

    async def until(self, at: float) -> None:
        """Sleep until an instant, or until stopped."""
        pause = at - self.now()
        if pause > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), None if pause == inf else pause)

    async def finish(self, works: Iterable[Coroutine[None, None, None]], at: float) -> None:
        """Run all until an instant, or until stopped, and cancel the others."""
        await self.ended([asyncio.create_task(work) for work in works], at)

    async def ended(self, tasks: Iterable[asyncio.Task[T]], at: float) -> None:
        """As `finish`, of tasks that run already. Raises what one of them raised."""
        waiting = list(tasks)
        if waiting:
            await self._first(asyncio.wait(waiting), at)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for task in waiting:
            if not task.cancelled():
                task.result()

    async def _first(self, work: Awaitable[object], at: float) -> None:
        both = [asyncio.ensure_future(work), asyncio.ensure_future(self.until(at))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)
