"""What the process that leads tells the others of a test, and the part of each."""

from collections.abc import Sequence
from math import inf

import msgspec

from analytics.load_tests.report import Plan
from scripts.load.options import Options
from scripts.load.replay.recorded_day import HOURS
from scripts.load.replay.seats import BEFORE, Seat, Visit, seats_of
from scripts.load.replay.visits import interval_of


class Work(msgspec.Struct, frozen=True):
    """A plan, and how each connects. `rates` and `seats` are of a replay, whose processes are named
    in `workers`: each takes the seats that fall to it when they are dealt out one by one."""

    plan: Plan
    headers: list[tuple[str, str]]
    subprotocol: str
    workers: list[str]
    rates: list[float]
    seats: list[Seat]

    def users(self) -> int:
        """How many users are needed, so that each process has as many as another has seats."""
        if not self.seats:
            return self.plan.connections
        each = -(-len(self.seats) // len(self.workers))
        return each * len(self.workers)

    def seats_of(self, worker: str) -> list[Seat]:
        """The seats of one process. Without a replay all connections are alike: from the beginning
        to the end. None of one that came late."""
        if not self.seats:
            return [[Visit(number, BEFORE, inf)] for number in range(self.plan.connections)]
        if worker not in self.workers:
            return []
        return self.seats[self.workers.index(worker) :: len(self.workers)]

    def interval(self, seconds: float) -> float:
        """Between two messages of a connection, so many seconds into the steady phase."""
        if not self.rates:
            return interval_of(self.plan.rate)
        hour = self.plan.steady / HOURS
        return min(interval_of(self.rates[min(max(0, int(seconds / hour)), HOURS - 1)]), hour)


def encoded(options: Options, workers: Sequence[str]) -> str:
    """The work of a test, as a text that processes exchange."""
    visits = options.visits
    return msgspec.json.encode(
        Work(
            plan=options.plan, headers=list(options.headers), subprotocol=options.subprotocol,
            workers=list(workers), rates=[] if visits is None else visits.rates.tolist(),
            seats=[] if visits is None else seats_of(visits),
        )
    ).decode()  # fmt: skip


def decoded(text: str) -> Work:
    """The work again."""
    return msgspec.json.decode(text, type=Work)
