"""Group commit: requests put their reports into the current batch and wait for its commit.

One writer per worker commits what has gathered, again and again, so a commit serves all who came
during the one before. Durable and fast at once; nobody is told 201 before the commit.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from models.database.engine import DatabaseAway
from models.raw.client_reports import ClientReport, ReportKey, key_of
from models.raw.report_insert import ClientReports

PATIENCE_SECONDS = 1.5  # with the rest of a request below the promised 2 s
MOST_WAITING = 20_000
LARGEST_BATCH = 4000
LOOKS = 16  # of the watch, for each patience
logger = logging.getLogger(__name__)


class StoreBusy(Exception):
    """Not committed for sure: the store is away, too slow, or too many are waiting."""


@dataclass(frozen=True, slots=True)
class FlushState:
    """How the writer fares: reports waiting, for how many seconds, and what went wrong last."""

    waiting: int
    oldest_seconds: float
    fault: str | None


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request's reports, and what became of them by index."""

    reports: Sequence[ClientReport]
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Batch:
    """The requests that share one commit, one event and one deadline: a timer each costs more."""

    since: float
    waiting: list[_Waiting] = field(default_factory=list)
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    fault: str | None = None

    def fail(self, fault: str) -> None:
        """Tell its requests, unless they were answered."""
        if not self.done.is_set():
            self.fault = fault
            self.done.set()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Indices newly stored, and reasons by index of what the store refused; the rest was there."""

    accepted: frozenset[int]
    refused: dict[int, str]


class WriteBuffer:
    """The writer of one worker. It starts with the first report, so after fork.

    A watch beside it answers those whom the store keeps waiting too long.
    """

    def __init__(self, store: ClientReports, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._store = store
        self._patience = patience_seconds
        self._batches: deque[_Batch] = deque()
        self._in_hand: _Batch | None = None
        self._held = 0
        self._arrived, self._ended = threading.Event(), threading.Event()
        self._starting, self._joining = threading.Lock(), threading.Lock()
        self._writer: threading.Thread | None = None
        self._fault: str | None = None
        self._closed = False

    def commit(self, reports: Sequence[ClientReport]) -> Outcome:
        """Store `reports`; when this returns they are committed. Raises `StoreBusy`."""
        waiting = _Waiting(reports)
        batch = self._joined(waiting)
        if self._writer is None:
            self._start()
        if not self._arrived.is_set():
            self._arrived.set()
        batch.done.wait()
        if batch.fault is not None:
            raise StoreBusy(batch.fault)
        return Outcome(frozenset(waiting.accepted), waiting.refused)

    def state(self) -> FlushState:
        """How the writer fares now."""
        with self._joining:
            held = [batch for batch in (self._in_hand, *self._batches) if batch is not None]
        oldest = monotonic() - min(batch.since for batch in held) if held else 0.0
        return FlushState(self._held, oldest, self._fault)

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._closed = True
        self._arrived.set()
        if self._writer is not None:
            self._writer.join(self._patience)
        self._ended.set()

    def _joined(self, waiting: _Waiting) -> _Batch:
        size = len(waiting.reports)
        with self._joining:
            if self._closed or self._held + size > MOST_WAITING:
                raise StoreBusy("too many reports are waiting for the store")
            if not self._batches or self._batches[-1].size + size > LARGEST_BATCH:
                self._batches.append(_Batch(monotonic()))
            batch = self._batches[-1]
            batch.waiting.append(waiting)
            batch.size += size
            self._held += size
        return batch

    def _next(self) -> _Batch | None:
        """The oldest batch, which nobody joins any more."""
        with self._joining:
            self._in_hand = self._batches.popleft() if self._batches else None
            return self._in_hand

    def _start(self) -> None:
        with self._starting:
            if self._writer is None:
                self._writer = _thread("group-commit", self._write_forever)
                _thread("group-commit-watch", self._watch_forever)

    def _watch_forever(self) -> None:
        while not self._ended.wait(self._patience / LOOKS):
            before = monotonic() - self._patience
            with self._joining:
                overdue = [batch for batch in self._batches if batch.since < before]
                for batch in overdue:
                    self._batches.remove(batch)
                    self._held -= batch.size
                if self._in_hand is not None and self._in_hand.since < before:
                    overdue.append(self._in_hand)
            for batch in overdue:
                batch.fail("the store did not answer in time")

    def _write_forever(self) -> None:
        while not (self._closed and not self._batches):
            self._arrived.wait()
            self._arrived.clear()
            while batch := self._next():
                self._step(batch)

    def _step(self, batch: _Batch) -> None:
        """Commit one batch and wake its requests."""
        try:
            self._write(batch.waiting)
            self._fault = None
        except DatabaseAway as fault:
            self._fault = f"the store is away: {fault}"
            batch.fail(self._fault)
        except Exception:
            logger.exception("a batch of reports could not be stored")
            self._fault = "the store failed"
            batch.fail(self._fault)
        finally:
            with self._joining:
                self._in_hand = None
                self._held -= batch.size
            batch.done.set()

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


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
