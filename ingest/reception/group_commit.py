"""Group commit: requests put their reports into the current batch and wait for its commit.

One writer per worker commits what has gathered, again and again, so a commit serves all who came
during the one before. Durable and fast at once; nobody is told 201 before the commit.
"""

import logging
import threading
from collections import deque
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


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request's reports, and what became of them by index."""

    reports: Sequence[ClientReport]
    since: float
    abandoned: bool = False
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Batch:
    """The requests that share one commit, and one event: waking is a third of the work."""

    waiting: list[_Waiting] = field(default_factory=list)
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    fault: str | None = None


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
        self._batches = deque([_Batch()])
        self._in_hand: _Batch | None = None
        self._arrived = threading.Event()
        self._starting, self._joining = threading.Lock(), threading.Lock()
        self._writer: threading.Thread | None = None
        self._fault: str | None = None
        self._closed = False

    def commit(self, reports: Sequence[ClientReport]) -> Outcome:
        """Store `reports`; when this returns they are committed. Raises `StoreBusy`."""
        if self._closed or self._waiting_reports() + len(reports) > MOST_WAITING:
            raise StoreBusy("too many reports are waiting for the store")
        self._start()
        waiting = _Waiting(reports, monotonic())
        batch = self._joined(waiting)
        self._arrived.set()
        if not batch.done.wait(self._patience):
            waiting.abandoned = True
            raise StoreBusy("the store did not answer in time")
        if batch.fault is not None:
            raise StoreBusy(batch.fault)
        return Outcome(frozenset(waiting.accepted), waiting.refused)

    def state(self) -> FlushState:
        """How the writer fares now."""
        batches = [batch for batch in (self._in_hand, *self._batches) if batch is not None]
        since = [waiting.since for batch in batches for waiting in batch.waiting]
        oldest = monotonic() - min(since) if since else 0.0
        return FlushState(sum(batch.size for batch in batches), oldest, self._fault)

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._closed = True
        self._arrived.set()
        if self._writer is not None:
            self._writer.join(self._patience)

    def _waiting_reports(self) -> int:
        in_hand = self._in_hand
        return sum(batch.size for batch in self._batches) + (in_hand.size if in_hand else 0)

    def _joined(self, waiting: _Waiting) -> _Batch:
        with self._joining:
            batch = self._batches[-1]
            if batch.size and batch.size + len(waiting.reports) > LARGEST_BATCH:
                batch = _Batch()
                self._batches.append(batch)
            batch.waiting.append(waiting)
            batch.size += len(waiting.reports)
        return batch

    def _closed_batch(self) -> _Batch:
        """The oldest batch, which nobody joins any more."""
        with self._joining:
            if len(self._batches) == 1:
                self._batches.append(_Batch())
            return self._batches.popleft()

    def _start(self) -> None:
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = threading.Thread(
                        target=self._write_forever, name="group-commit", daemon=True
                    )
                    self._writer.start()

    def _write_forever(self) -> None:
        while not (self._closed and not self._batches[0].waiting):
            self._arrived.wait()
            sleep(GATHER_SECONDS)
            self._arrived.clear()
            while self._batches[0].waiting:
                self._step()

    def _step(self) -> None:
        """Commit one batch and wake its requests."""
        self._in_hand = batch = self._closed_batch()
        try:
            self._write([waiting for waiting in batch.waiting if not waiting.abandoned])
            self._fault = None
        except DatabaseAway as fault:
            self._fault = batch.fault = f"the store is away: {fault}"
        except Exception:
            logger.exception("a batch of reports could not be stored")
            self._fault = batch.fault = "the store failed"
        finally:
            self._in_hand = None
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
