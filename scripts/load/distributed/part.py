"""What one process does of a test: the connections of its seats, in blocking code."""

import time
from collections.abc import Callable
from time import perf_counter

from analytics.load_tests.report import STORM, STORM_AT
from scripts.load.clients.scenario import Client, Scenario
from scripts.load.clients.tally import Tally
from scripts.load.clients.timetable import Timetable
from scripts.load.replay.seats import Seat

from .session import Session, Socket
from .work import Work


class NotOpened(Exception):
    """A connection that failed. The text is the cause."""


class Part:
    """Of a test that begins now. `connect` raises `NotOpened`; `end` is that of the steady phase,
    of `time.perf_counter`."""

    def __init__(
        self, work: Work, tally: Tally, scenario: Scenario[Client], connect: Callable[[], Socket]
    ) -> None:
        plan = work.plan
        self._work, self._tally, self._scenario = work, tally, scenario
        self._connect, self._timetable = connect, Timetable(plan)
        self._began = perf_counter() + plan.ramp_up
        self.end = self._began + plan.steady
        self._storm_at = self._began + plan.steady * STORM_AT if plan.scenario == STORM else None

    def take(self, seat: Seat) -> None:
        """Open the connections of a seat when each comes, and close it when it leaves."""
        session = None
        for visit in seat:
            time.sleep(max(0.0, self._began + visit.arrival - perf_counter()))
            session = self._open(visit.number)
            if session is not None:
                self._stay(session, self._began + visit.end)
        if session is not None:
            session.join()

    def _open(self, number: int) -> Session | None:
        tally, began = self._tally, perf_counter()
        tally.attempted += 1
        try:
            socket = self._connect()
        except NotOpened as fault:
            tally.failed[str(fault)] += 1
            return None
        handshake_ms = (perf_counter() - began) * 1000
        return Session(number, self._scenario, tally, socket, handshake_ms)

    def _stay(self, session: Session, end: float) -> None:
        if self._storm_at is not None and perf_counter() < self._storm_at:
            self._run(session, self._storm_at)
            if session.is_open:
                session.cut()
                self._return(session.number)
            return
        self._run(session, end)

    def _run(self, session: Session, end: float) -> None:
        """Send until then; who leaves before the others do, or is cut, waits for no reply."""
        is_last, rate = end >= self.end, self._work.plan.rate
        first = perf_counter() + self._timetable.phase(session.number) if rate else None
        try:
            session.run(first, self._interval, min(end, self.end))
        except BaseException:
            session.stop()
            raise
        if is_last or not session.is_open:
            session.stop()
        elif end != self._storm_at:
            session.leave()

    def _interval(self, now: float) -> float:
        return self._work.interval(now - self._began)

    def _return(self, number: int) -> None:
        """Come back by a back-off, until the steady phase is over."""
        tally, storm_at = self._tally, self._storm_at or 0.0
        tally.stormed += 1
        for pause in self._timetable.back_off():
            time.sleep(min(pause, max(0.0, self.end - perf_counter())))
            if perf_counter() >= self.end:
                return
            session = self._open(number)
            if session is not None:
                tally.returned(perf_counter() - storm_at)
                self._run(session, self.end)
                return
