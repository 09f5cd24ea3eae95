"""Group commit: requests put their reports into the current batch and wait for its commit.

One writer per worker commits what has gathered, again and again, so a commit serves all who came
during the one before. Durable and fast at once; nobody is told 201 before the commit.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

from models.client_reports import ClientReport, ReportKey, key_of
from models.database import DatabaseAway
from models.report_insert import ClientReports

GATHER_SECONDS = 0.002
PATIENCE_SECONDS = 1.6  # with the rest of a request below the promised 2 s
MOST_WAITING = 20_000
LARGEST_BATCH = 4000
logger = logging.getLogger(__name__)


class StoreBusy(Exception):
    """Not committed for sure: the store is away, too slow, or too many are waiting."""


@dataclass(frozen=True, slots=True)
class FlushState:
    """How the writer fares: reports waiting, for how many seconds, and what went wrong last."""

    waiting: int
    oldest_seconds: float
    fault: str | None


@dataclass(slots=True)
class _Waiting:
    """One request's reports, and what became of them by index."""

    reports: Sequence[ClientReport]
    since: float
    done: threading.Event = field(default_factory=threading.Event)
    abandoned: bool = False
    fault: str | None = None
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Indices newly stored, and reasons by index of what the store refused; the rest was there."""

    accepted: frozenset[int]
    refused: dict[int, str]


class GroupCommit:
    """The writer of one worker. It starts with the first report, so after fork."""

    def __init__(self, store: ClientReports, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._store = store
        self._patience = patience_seconds
        self._queue: list[_Waiting] = []
        self._arrived = threading.Event()
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None
        self._waiting_reports = 0
        self._in_hand: list[_Waiting] = []
        self._fault: str | None = None
        self._closed = False

    def commit(self, reports: Sequence[ClientReport]) -> Outcome:
        """Store `reports`; when this returns they are committed. Raises `StoreBusy`."""
        if self._closed or self._waiting_reports + len(reports) > MOST_WAITING:
            raise StoreBusy("too many reports are waiting for the store")
        self._start()
        waiting = _Waiting(reports, monotonic())
        self._queue.append(waiting)
        self._waiting_reports += len(reports)
        self._arrived.set()
        if not waiting.done.wait(self._patience):
            waiting.abandoned = True
            raise StoreBusy("the store did not answer in time")
        if waiting.fault is not None:
            raise StoreBusy(waiting.fault)
        return Outcome(frozenset(waiting.accepted), waiting.refused)

    def state(self) -> FlushState:
        """How the writer fares now."""
        queue = [w for w in (*self._in_hand, *self._queue) if not w.done.is_set()]
        oldest = max((monotonic() - w.since for w in queue), default=0.0)
        return FlushState(sum(len(w.reports) for w in queue), oldest, self._fault)

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._closed = True
        self._arrived.set()
        if self._writer is not None:
            self._writer.join(self._patience)

    def _start(self) -> None:
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = threading.Thread(
                        target=self._write_forever, name="group-commit", daemon=True
                    )
                    self._writer.start()

    def _write_forever(self) -> None:
        while not (self._closed and not self._queue):
            self._arrived.wait()
            sleep(GATHER_SECONDS)
            self._arrived.clear()
            while self._queue:
                self._step()

    def _step(self) -> None:
        """Commit one batch and wake its requests."""
        self._in_hand = batch = self._next_batch()
        try:
            self._write([waiting for waiting in batch if not waiting.abandoned])
            self._fault = None
        except DatabaseAway as fault:
            self._fail(batch, f"the store is away: {fault}")
        except Exception:
            logger.exception("a batch of reports could not be stored")
            self._fail(batch, "the store failed")
        finally:
            self._in_hand = []
            for waiting in batch:
                self._waiting_reports -= len(waiting.reports)
                waiting.done.set()

    def _next_batch(self) -> list[_Waiting]:
        size = taken = 0
        for waiting in self._queue:
            size += len(waiting.reports)
            taken += 1
            if size >= LARGEST_BATCH:
                break
        batch, self._queue[:taken] = self._queue[:taken], []
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        first: dict[ReportKey, tuple[_Waiting, int]] = {}
        for waiting in batch:
            for index, report in enumerate(waiting.reports):
                first.setdefault(key_of(report), (waiting, index))
        rows = [waiting.reports[index] for waiting, index in first.values()]
        stored = self._store.insert(rows) if rows else None
        if stored is None:
            return
        for key in stored.keys:
            waiting, index = first[key]
            waiting.accepted.add(index)
        for row, reason in stored.refused.items():
            waiting, index = first[key_of(rows[row])]
            waiting.refused[index] = reason

    def _fail(self, batch: list[_Waiting], fault: str) -> None:
        self._fault = fault
        for waiting in batch:
            waiting.fault = fault
