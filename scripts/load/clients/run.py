"""One run: ramp-up, steady phase, ramp-down, in one event loop."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from time import perf_counter

from analytics.load_tests.report import STEADY, STORM, STORM_AT, Plan, Window
from scripts.load.replay.visits import Visits, interval_of

from .clock import Clock
from .connection import Connection
from .course import Course
from .pacing import Pacer
from .pool import Clients
from .scenario import Client, Scenario
from .storm import Storm
from .tally import DRAINING, Tally, Windows
from .timetable import Timetable
from .watch import Watch

MOST_CUTS = 120
LEAST_CUT = 1.0
DRAIN_SECONDS = 5.0
LONGEST_SLEEP = 0.05
STOPPED_PATIENCE = 0.1
RAMP_UP, RAMP_DOWN = "ramp-up", "ramp-down"
Progress = Callable[[float, str, Window, Tally], None]


class Run:
    """A load test under way. `stop()` ends it early, in order."""

    def __init__(
        self,
        plan: Plan,
        *,
        scenario: Scenario[Client],
        clients: Clients,
        tally: Tally,
        progress: Progress,
        visits: Visits | None = None,
    ) -> None:
        self.tally, self.windows, self.watch = tally, Windows(tally), Watch()
        self.phase = RAMP_UP
        self._plan, self._scenario = plan, scenario
        self._clients, self._progress = clients, progress
        self._timetable, self._clock = Timetable(plan), Clock()
        self._pacer: Pacer[Connection] = Pacer(interval_of(plan.rate))
        self._storm = Storm(clients, tally, self._timetable, self._clock, self._open)
        self._visits = visits
        self._is_sending = True
        self._last_cut = 0.0

    @property
    def is_stopped(self) -> bool:
        """Whether it was ended early."""
        return self._clock.is_stopped

    @property
    def lags(self) -> Sequence[float]:
        """Of the event loop, in ms."""
        return self.watch.lags

    def stop(self) -> None:
        """End early: close what is open and report what there is."""
        self._clock.stop()

    async def execute(self) -> None:
        """Run all phases."""
        self._clock.start()
        self.watch.cut()
        tasks = [
            asyncio.create_task(each) for each in (self._pace(), self._cut(), self.watch.run())
        ]
        try:
            await self._phases()
        finally:
            gc.unfreeze()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._cut_window()

    async def _phases(self) -> None:
        await self._ramp_up()
        if self.tally.connected or not self.tally.attempted:
            self._begin(STEADY)
            gc.freeze()  # or one collection looks at all connections: 35 ms with a thousand
            self.tally.phase_began = perf_counter()
            await self._steady(self._clock.now())
            self._begin(DRAINING)
            self._is_sending = False
            await self._drained()
        self._begin(RAMP_DOWN)
        if self.is_stopped:
            await self._clients.close_all(0.0, patience=STOPPED_PATIENCE)
        else:
            await self._clients.close_all(self._plan.ramp_down)

    def _begin(self, phase: str) -> None:
        """What was measured until now belongs to the phase before."""
        self._cut_window()
        self.phase = phase

    async def _ramp_up(self) -> None:
        """Open connections one after the other, none waiting for another's handshake; over when
        each is open or has failed."""
        attempts: set[asyncio.Task[Connection | None]] = set()
        visits = self._visits
        connections = self._plan.connections if visits is None else len(visits.initial)
        for number, at in self._timetable.opens(connections):
            await self._clock.until(at)
            if self.is_stopped:
                break
            task = asyncio.create_task(self._open(number))
            attempts.add(task)
            task.add_done_callback(attempts.discard)
        await self._clock.until(self._plan.ramp_up)
        await self._clock.ended(attempts, inf)

    async def _open(self, number: int) -> Connection | None:
        """An open connection that sends by the timetable; `None` if it is not open."""
        connection = await self._clients.connect(number)
        if connection is None or not connection.is_open:
            return None
        if self._plan.rate and self._scenario.talks(connection):
            self._pacer.add(connection, perf_counter() + self._timetable.phase(number))
        return connection

    async def _steady(self, began: float) -> None:
        """All of the phase: a day that is replayed, or the reconnect storm a third into it."""
        end = began + self._plan.steady
        if self._visits is not None:
            course = Course(self._visits, self._clock, self._open)
            await course.run(list(self._clients.open), began, self._set_interval)
        if self._plan.scenario == STORM:
            await self._clock.until(began + self._plan.steady * STORM_AT)
            if not self.is_stopped:
                await self._storm.run(end)
        await self._clock.until(end)

    def _set_interval(self, seconds: float) -> None:
        self._pacer.interval = seconds

    async def _pace(self) -> None:
        """Send what is due, and sleep until the next."""
        while self._is_sending:
            following = self._pacer.run(self._send)
            self.windows.fold()
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
            pause = self._last_cut + length - self._clock.now()
            if pause > 0:
                await asyncio.sleep(pause)
            else:
                self._cut_window()

    def _cut_window(self) -> None:
        cpu, lag = self.watch.cut()
        at = self._last_cut = self._clock.now()
        window = self.windows.cut(at, cpu, lag, phase=self.phase)
        self._progress(at, self.phase, window, self.tally)
