"""Ingest outcomes per minute, flushed every 5 s: accepted, duplicate, conflict, cut and so on.

Counting is one dictionary update, without lock or query. A request never waits for the database,
and nothing is added twice: a flush of unknown outcome is repeated under its own sequence number.
"""

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from ingest.collector import outcome_names
from ingest.worker.background import Loop, every
from models.database.engine import DatabaseAway
from models.raw.ingest_outcomes import IngestOutcomes, OutcomeCount

INTERVAL_SECONDS = 5.0
LONGEST_BACKLOG = timedelta(hours=6)  # of minutes that could not be stored
CLIENT, SERVER, EVENT = "client", "server", "event"
CountKey = tuple[datetime, str, str, str]
logger = logging.getLogger(__name__)


class Outcomes:
    """The counts of one worker."""

    def __init__(self, store: IngestOutcomes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._instance = ""
        self._number = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._since = _minute(now())
        self._pending: Counter[CountKey] = Counter()
        self._unconfirmed: list[OutcomeCount] = []
        self._loop: Loop | None = None
        self._flush_lock = threading.Lock()

    def count_stored(self, source: str, accepted: int, duplicates: int, conflicts: int = 0) -> None:
        """Count rows newly stored, those stored before, and those stored with another content."""
        if accepted:
            self._counts[source, "accepted", ""] += accepted
        if duplicates:
            self._counts[source, "duplicate", ""] += duplicates
        if conflicts:
            self._counts[source, "conflict", ""] += conflicts

    def count_lag(self, source: str, lag: timedelta) -> None:
        """Count the delay of one accepted row after the end of its period."""
        self._counts[source, "lag", outcome_names.of_lag(lag.total_seconds())] += 1

    def count_rejected(self, source: str, field: str, reason: str) -> None:
        """Count one invalid row."""
        self._counts[source, "rejected", outcome_names.of_fault(field, reason)] += 1

    def count_refused(self, source: str, status: HTTPStatus, reason: str | None = None) -> None:
        """Count one refused request; without a `reason` by its status."""
        self._counts[source, "refused", reason or outcome_names.of_refusal(status)] += 1

    def count_cut(self, source: str, names: Sequence[str]) -> None:
        """Count accepted rows that were cut to the bound of a session, by the name of what was."""
        for name in names:
            self._counts[source, "cut", name] += 1

    def count_set_aside(self, reports: int) -> None:
        """Count reports that were accepted, and count for nothing since their sender was set
        aside."""
        self._counts[CLIENT, "set aside", "sender"] += reports

    def start(self) -> None:
        """Start flushing every 5 s. Call it in the worker, after fork."""
        self._loop = every(INTERVAL_SECONDS, self._step, "ingest outcomes", is_aligned=True)

    def finish(self) -> None:
        """Flush a last time when the worker stops."""
        if self._loop is not None:
            self._loop.stop()
        try:
            self.flush()
        except DatabaseAway:
            logger.warning("the store is away, the last counts of this worker are lost")

    def flush(self) -> None:
        """Store all counts. Raises `DatabaseAway`; the next flush then retries."""
        with self._flush_lock:
            self._gather()
            while self._unconfirmed or self._pending:
                self._deliver()

    def _gather(self) -> None:
        """Attribute counts since the last flush to the minute in which it happened."""
        counts, self._counts = self._counts, Counter()
        minute, self._since = self._since, _minute(self._now())
        for key, count in counts.items():
            self._pending[(minute, *key)] += count
        oldest = self._since - LONGEST_BACKLOG
        for key_of_minute in [key for key in self._pending if key[0] < oldest]:
            del self._pending[key_of_minute]

    def _deliver(self) -> None:
        if not self._unconfirmed:
            gathered, self._pending = self._pending, Counter()
            self._unconfirmed = [OutcomeCount(*key, count) for key, count in gathered.items()]
            self._number += 1
        self._instance = self._instance or _new_instance()
        self._store.add(self._instance, self._number, self._unconfirmed)
        self._unconfirmed = []

    def _step(self) -> None:
        try:
            self.flush()
        except DatabaseAway as fault:
            logger.info("counts wait, the store is away: %s", fault)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _new_instance() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"
