"""Many connections to our own endpoint: where they land, as the workers count them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from time import monotonic, sleep

from analytics.load_tests.distribution import of_values
from analytics.probes.faults import OPENING, NotConnected
from analytics.probes.link import Timings, opened
from analytics.probes.targets import Target
from models.database.engine import Database
from models.metrics.dimensions import LOAD_TEST_APP
from models.operations import load_test_workers
from models.operations.load_test_workers import LoadTestWorker
from models.queries.snapshot import now, snapshot

from .results import PoolResult, Progress, WorkerShare
from .spread import Spread, spread_of

OPEN_SECONDS = 10.0
MOST_FAILED = 10  # after which no more are tried
MEASURED_WITHIN = 15.0  # workers sample every five seconds
EVERY_SECONDS = 0.5
OpenFiles = Callable[[], int]


class PoolTest:
    """One test; `result` and `spread` are what came of it so far. `most_open_files` tells how many
    files a worker may have open."""

    def __init__(self, database: Database, connections: int, most_open_files: OpenFiles) -> None:
        self._database, self._requested = database, connections
        self._most_open_files = most_open_files
        self._handshakes: list[float] = []
        self._failed: Counter[str] = Counter()
        self._before: dict[str, int] = {}
        self._workers: list[LoadTestWorker] = []
        self._database_figures = (0, 0, 0)

    def run(self, target: Target) -> Iterator[Progress]:
        """Open all, wait until every worker has counted them, and close them. Raises
        `DatabaseAway`."""
        self._before = self._counts_before()
        with ExitStack() as links:
            reported_at = monotonic()
            for number in range(self._requested):
                self._open(links, target)
                if self._failed.total() >= MOST_FAILED:
                    break
                if monotonic() - reported_at >= EVERY_SECONDS:
                    reported_at = monotonic()
                    yield Progress(done=number + 1, total=self._requested, text="opening")
            yield from self._measured()

    @property
    def spread(self) -> Spread:
        """How the connections are spread."""
        return spread_of([self._share(worker) for worker in self._workers])

    @property
    def result(self) -> PoolResult:
        """What came of it."""
        spread, most = self.spread, self._most_open_files()
        of_database = self._database_figures
        return PoolResult(
            requested=self._requested, opened=len(self._handshakes), failed=dict(self._failed),
            workers=[
                WorkerShare(
                    worker=worker.instance, node=worker.node, connections=self._share(worker),
                    open_files=worker.descriptors, most_open_files=most,
                )
                for worker in self._workers
            ],
            p=spread.p, low=spread.low, high=spread.high,
            balancing=spread.balancing if self._workers else "",
            handshake=of_values(self._handshakes), database_open=of_database[0],
            database_busy=of_database[1], database_most=of_database[2],
        )  # fmt: skip

    def _open(self, links: ExitStack, target: Target) -> None:
        timings = Timings()
        try:
            links.enter_context(opened(target.address(LOAD_TEST_APP), timings, OPEN_SECONDS))
        except NotConnected as fault:
            self._failed[str(fault)] += 1
            return
        self._handshakes.append(sum(timings.stages.get(stage, 0.0) for stage in OPENING))

    def _measured(self) -> Iterator[Progress]:
        """Until each live worker was measured after the last connection was opened."""
        opened_at, until = self._now(), monotonic() + MEASURED_WITHIN
        while monotonic() < until:
            with snapshot(self._database) as connection:
                workers = load_test_workers.workers(connection, opened_at)
                self._database_figures = load_test_workers.database_connections(connection)
            if workers and all(worker.measured_at is not None for worker in workers):
                self._workers = workers
                return
            yield Progress(
                done=len(self._handshakes), total=self._requested, text="workers count every 5 s"
            )
            sleep(EVERY_SECONDS)
        self._workers = [worker for worker in workers if worker.measured_at is not None]

    def _counts_before(self) -> dict[str, int]:
        with snapshot(self._database) as connection:
            workers = load_test_workers.workers(
                connection, now(connection) - load_test_workers.HEARTBEAT
            )
        return {worker.instance: worker.active for worker in workers}

    def _share(self, worker: LoadTestWorker) -> int:
        return max(0, worker.active - self._before.get(worker.instance, 0))

    def _now(self) -> datetime:
        with snapshot(self._database) as connection:
            return now(connection)
