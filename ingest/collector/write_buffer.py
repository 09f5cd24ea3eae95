"""Group commit: requests put their reports into the current batch and wait for its commit.

One writer thread per worker commits batch after batch, so that a commit serves all requests which
arrived during the one before. A request gets 201 only after its commit.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic

from ingest.worker.background import Loop, every
from models.database.engine import DatabaseAway
from models.raw.client_reports import ClientReport, ReportKey, key_of
from models.raw.report_insert import ClientReports

TIMEOUT_SECONDS = 1.5  # leaves a request below the promised 2 s
MOST_WAITING = 20_000
LARGEST_BATCH = 4000
CHECKS_PER_TIMEOUT = 16  # of the watchdog per timeout
logger = logging.getLogger(__name__)


class StoreBusy(Exception):
    """The commit is unconfirmed: the database is down or too slow, or the buffer is full."""


@dataclass(frozen=True, slots=True)
class FlushState:
    """Buffered reports, age of the oldest batch in seconds, and the last error."""

    waiting: int
    oldest_seconds: float
    fault: str | None


@dataclass(slots=True, eq=False)
class _PendingRequest:
    """One request's reports, and their outcome by index."""

    reports: Sequence[ClientReport]
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Batch:
    """Requests that share one commit, one event and one deadline; a timer each would cost more."""

    since: float
    pending: list[_PendingRequest] = field(default_factory=list)
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    fault: str | None = None

    def fail(self, fault: str) -> None:
        """Wake its requests with an error, unless the batch is done."""
        if not self.done.is_set():
            self.fault = fault
            self.done.set()


@dataclass(frozen=True, slots=True)
class CommitResult:
    """Indices newly stored, refusal reasons by index, and indices stored before with another
    content; all others are duplicates."""

    accepted: frozenset[int]
    refused: dict[int, str]
    conflicts: frozenset[int] = frozenset()


class WriteBuffer:
    """The write buffer of one worker. Its threads start with the first report, so after fork.

    A watchdog thread fails batches that exceed the timeout.
    """

    def __init__(self, store: ClientReports, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._store = store
        self._timeout = timeout_seconds
        self._batches: deque[_Batch] = deque()
        self._writing: _Batch | None = None
        self._waiting_reports = 0
        self._arrived = threading.Event()
        self._start_lock, self._batches_lock = threading.Lock(), threading.Lock()
        self._writer: threading.Thread | None = None
        self._watchdog: Loop | None = None
        self._fault: str | None = None
        self._closed = False

    def commit(self, reports: Sequence[ClientReport]) -> CommitResult:
        """Store `reports`; when this returns they are committed. Raises `StoreBusy`."""
        pending = _PendingRequest(reports)
        batch = self._join(pending)
        if self._writer is None:
            self._start()
        if not self._arrived.is_set():
            self._arrived.set()
        batch.done.wait()
        if batch.fault is not None:
            raise StoreBusy(batch.fault)
        return CommitResult(
            frozenset(pending.accepted), pending.refused, frozenset(pending.conflicts)
        )

    def state(self) -> FlushState:
        """The current state."""
        with self._batches_lock:
            open_batches = [batch for batch in (self._writing, *self._batches) if batch is not None]
        oldest = monotonic() - min(batch.since for batch in open_batches) if open_batches else 0.0
        return FlushState(self._waiting_reports, oldest, self._fault)

    def close(self) -> None:
        """Accept no more, commit what is buffered and stop; fails what takes too long."""
        with self._batches_lock:
            self._closed = True
        self._arrived.set()
        if self._writer is not None:
            self._writer.join(self._timeout)
        if self._watchdog is not None:
            self._watchdog.stop()
        self._fail_since_before(inf)

    def _join(self, pending: _PendingRequest) -> _Batch:
        size = len(pending.reports)
        with self._batches_lock:
            if self._closed or self._waiting_reports + size > MOST_WAITING:
                raise StoreBusy("too many reports are waiting for the store")
            if not self._batches or self._batches[-1].size + size > LARGEST_BATCH:
                self._batches.append(_Batch(monotonic()))
            batch = self._batches[-1]
            batch.pending.append(pending)
            batch.size += size
            self._waiting_reports += size
        return batch

    def _take_batch(self) -> _Batch | None:
        """Take the oldest batch; no request joins it any more."""
        with self._batches_lock:
            self._writing = self._batches.popleft() if self._batches else None
            return self._writing

    def _start(self) -> None:
        with self._start_lock:
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_forever, name="write buffer", daemon=True
                )
                self._writer.start()
                self._watchdog = every(
                    self._timeout / CHECKS_PER_TIMEOUT, self._fail_overdue, "write buffer watchdog"
                )

    def _fail_overdue(self) -> None:
        self._fail_since_before(monotonic() - self._timeout)

    def _fail_since_before(self, before: float) -> None:
        with self._batches_lock:
            overdue = [batch for batch in self._batches if batch.since < before]
            for batch in overdue:
                self._batches.remove(batch)
                self._waiting_reports -= batch.size
            if self._writing is not None and self._writing.since < before:
                overdue.append(self._writing)
        for batch in overdue:
            batch.fail("the store did not answer in time")

    def _write_forever(self) -> None:
        while not (self._closed and not self._batches):
            self._arrived.wait()
            self._arrived.clear()
            while batch := self._take_batch():
                self._commit_batch(batch)

    def _commit_batch(self, batch: _Batch) -> None:
        """Commit one batch and wake its requests."""
        try:
            self._write(batch.pending)
            self._fault = None
        except DatabaseAway as fault:
            self._fault = f"the store is away: {fault}"
            batch.fail(self._fault)
        except Exception:
            logger.exception("a batch of reports could not be stored")
            self._fault = "the store failed"
            batch.fail(self._fault)
        finally:
            with self._batches_lock:
                self._writing = None
                self._waiting_reports -= batch.size
            batch.done.set()

    def _write(self, pending_requests: list[_PendingRequest]) -> None:
        first: dict[ReportKey, tuple[_PendingRequest, int]] = {}
        again: list[tuple[_PendingRequest, int]] = []
        for pending in pending_requests:
            for index, report in enumerate(pending.reports):
                entry = (pending, index)
                if first.setdefault(key_of(report), entry) is not entry:
                    again.append(entry)
        rows = [pending.reports[index] for pending, index in first.values()]
        if not rows:
            return
        stored = self._store.insert(rows)
        for key in stored.keys:
            pending, index = first[key]
            pending.accepted.add(index)
        refused = {key_of(rows[row]): reason for row, reason in stored.refused.items()}
        if again or len(stored.keys) < len(rows):
            again += [entry for key, entry in first.items() if key not in stored.keys]
            self._judge(again, refused)

    def _judge(
        self, again: list[tuple[_PendingRequest, int]], refused: dict[ReportKey, str]
    ) -> None:
        """Tell refused reports and conflicts from duplicates, among those not newly stored."""
        reports = [pending.reports[index] for pending, index in again]
        for (pending, index), report in zip(again, reports, strict=True):
            if (reason := refused.get(key_of(report))) is not None:
                pending.refused[index] = reason
        for row in self._store.conflicts(reports):
            pending, index = again[row]
            pending.conflicts.add(index)
