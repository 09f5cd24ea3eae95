"""Round trips at a rate: messages are due by a timetable, whether or not earlier ones came back.

A round trip counts from when its message was due, so a server that stalls is charged for all that
waited.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from time import monotonic

from analytics.load_tests.distribution import of_values
from analytics.probes.faults import BadResponse, NotConnected, Stage, of_error
from analytics.probes.link import Link, Timings, opened
from analytics.probes.targets import Target
from models.metrics.dimensions import PROBE_APP

from .results import ConnectionTestRequest, EchoResult, Progress

OPEN_SECONDS = 10.0
GRACE_SECONDS = 2.0  # for the last to come back
EVERY_SECONDS = 0.5  # between lines of progress


class EchoTest:
    """One test; `result` is what came of it so far."""

    def __init__(self, request: ConnectionTestRequest) -> None:
        self._request = request
        self._total = ceil(request.rate * request.seconds)
        self._due: dict[int, float] = {}
        self._trips: list[float] = []
        self._sent, self._reason = 0, ""

    def run(self, target: Target) -> Iterator[Progress]:
        """Run it, with a line every half second."""
        try:
            with opened(target.address(PROBE_APP), Timings(), OPEN_SECONDS) as link:
                yield from self._talk(link)
                link.close(monotonic() + 1)
        except NotConnected as fault:
            self._reason = str(fault)
        except (OSError, BadResponse) as error:
            self._reason = self._reason or str(of_error(Stage.REPLY, error))

    @property
    def result(self) -> EchoResult:
        """What came of it."""
        differences = [abs(after - before) for before, after in pairwise(self._trips)]
        return EchoResult(
            due=self._total, sent=self._sent, lost=len(self._due), rate=self._request.rate,
            size=self._request.size, round_trip=of_values(self._trips), reason=self._reason,
            jitter=round(sum(differences) / len(differences), 3) if differences else None,
        )  # fmt: skip

    def _talk(self, link: Link) -> Iterator[Progress]:
        began = reported_at = monotonic()
        end = began + self._total / self._request.rate + GRACE_SECONDS
        while monotonic() < end and (self._sent < self._total or self._due):
            now = monotonic()
            while self._sent < self._total and began + self._sent / self._request.rate <= now:
                self._send(link, began + self._sent / self._request.rate)
            next_due = began + self._sent / self._request.rate if self._sent < self._total else end
            self._receive(link, min(next_due, end, now + EVERY_SECONDS))
            if monotonic() - reported_at >= EVERY_SECONDS:
                reported_at = monotonic()
                yield Progress(done=len(self._trips), total=self._total, text=self._latest())

    def _send(self, link: Link, due: float) -> None:
        number = f"{self._sent:08d} "
        link.send(number + "." * (self._request.size - len(number)))
        self._due[self._sent] = due
        self._sent += 1

    def _receive(self, link: Link, until: float) -> None:
        try:
            text = link.receive(max(until, monotonic() + 0.001))
        except TimeoutError:
            return
        number = int(text[:8]) if text[:8].isdecimal() else -1
        due = self._due.pop(number, None)
        if due is not None:
            self._trips.append((monotonic() - due) * 1000)

    def _latest(self) -> str:
        return f"last {self._trips[-1]:.1f} ms" if self._trips else "nothing came back yet"
