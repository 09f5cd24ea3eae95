"""One run: ramp-up, steady phase, ramp-down, in one event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

from analytics.load_tests.report import Plan, Window

from .connection import Connection, Scenario
from .pacing import Pacer
from .pool import Clients
from .tally import Tally, Windows
from .timetable import Timetable
from .watch import Watch

MOST_CUTS = 120
LEAST_CUT = 1.0
DRAIN_SECONDS = 5.0
LONGEST_SLEEP = 0.05
Progress = Callable[[float, str, Window, Tally], None]


class Run:
    """A load test under way. `stop()` ends it early, in order."""

    def __init__(
        self,
        plan: Plan,
        *,
        scenario: Scenario,
        clients: Clients,
        tally: Tally,
        progress: Progress,
    ) -> None:
        self.tally, self.windows, self.watch = tally, Windows(tally), Watch()
        self.is_stopped = False
        self.recovery: float | None = None
        self.phase = "ramp-up"
        self._plan, self._scenario = plan, scenario
        self._clients, self._progress = clients, progress
        self._timetable = Timetable(plan)
        self._pacer: Pacer[Connection] = Pacer(1 / plan.rate if plan.rate else 1e9)
        self._is_sending = True
        self._began = perf_counter()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End early: close what is open and report what there is."""
        self.is_stopped = True
        self._stopping.set()

    async def execute(self) -> None:
        """Run all phases."""
        self._began = perf_counter()
        self.watch.cut()
        tasks = [
            asyncio.create_task(each) for each in (self._pace(), self._cut(), self.watch.run())
        ]
        try:
            await self._phases()
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._cut_window()

    async def _phases(self) -> None:
        await self._ramp_up()
        self.phase = "steady"
        if not self.is_stopped and self._plan.scenario == "storm":
            await self._storm()
        await self._until(self._plan.ramp_up + self._plan.steady)
        self.phase = "ramp-down"
        self._is_sending = False
        await self._drained()
        await self._clients.close_all(0.0 if self.is_stopped else self._plan.ramp_down)

    async def _ramp_up(self) -> None:
        """Open connections one after the other, none waiting for another's handshake."""
        attempts: set[asyncio.Task[bool]] = set()
        for number, at in self._timetable.opens():
            await self._until(at)
            if self.is_stopped:
                break
            task = asyncio.create_task(self._open(number))
            attempts.add(task)
            task.add_done_callback(attempts.discard)
        await self._until(self._plan.ramp_up)
        if attempts:
            await asyncio.wait(attempts)

    async def _open(self, number: int) -> bool:
        connection = await self._clients.connect(number)
        if connection is None:
            return False
        if self._plan.rate and self._scenario.talks(connection):
            self._pacer.add(connection, perf_counter() + self._timetable.phase(number))
        return True

    async def _storm(self) -> None:
        """In the middle of the steady phase cut all connections at once; each comes back by a
        back-off of its own until it is in."""
        await self._until(self._plan.ramp_up + self._plan.steady / 3)
        began, numbers = perf_counter(), self._clients.abort_all()
        await asyncio.gather(*(self._back(number) for number in numbers))
        if not self.is_stopped:
            self.recovery = round(perf_counter() - began, 3)

    async def _back(self, number: int) -> None:
        for pause in self._timetable.back_off():
            await asyncio.sleep(pause)
            if self.is_stopped:
                return
            if await self._open(number):
                return

    async def _pace(self) -> None:
        """Send what is due, and sleep until the next."""
        while self._is_sending:
            following = self._pacer.run(perf_counter(), self._send)
            pause = LONGEST_SLEEP if following is None else following - perf_counter()
            await asyncio.sleep(min(max(0.0, pause), LONGEST_SLEEP))

    def _send(self, connection: Connection, due: float, since: float) -> bool:
        if not connection.is_open:
            return False
        self.tally.offered += 1
        self.tally.late.append((perf_counter() - due) * 1000)
        self._scenario.send(connection, since)
        return True

    async def _drained(self) -> None:
        """Wait for replies that are still on their way."""
        end = perf_counter() + DRAIN_SECONDS
        while self.tally.lost and perf_counter() < end:
            await asyncio.sleep(LONGEST_SLEEP)

    async def _cut(self) -> None:
        plan = self._plan
        length = max(LEAST_CUT, (plan.ramp_up + plan.steady + plan.ramp_down) / MOST_CUTS)
        while True:
            await asyncio.sleep(length)
            self._cut_window()

    def _cut_window(self) -> None:
        cpu, lag = self.watch.cut()
        at = perf_counter() - self._began
        window = self.windows.cut(at, cpu, lag, is_steady=self.phase == "steady")
        self._progress(at, self.phase, window, self.tally)

    async def _until(self, at: float) -> None:
        """Sleep until so many seconds after the start, or until stopped."""
        pause = self._began + at - perf_counter()
        if pause > 0 and not self.is_stopped:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
