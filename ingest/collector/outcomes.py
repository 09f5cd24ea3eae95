"""What came in and what became of it: plain counting in a worker, added to the store now and then.

Counting is one dictionary entry, never a lock or a query. Nothing waits for the store, and nothing
is added twice: a flush whose fate is unknown is sent again under its own number.
"""

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from time import time
from uuid import uuid4

from ingest.collector import outcome_names
from models.database.engine import DatabaseAway
from models.raw.ingest_outcomes import Counted, IngestMinutes

INTERVAL_SECONDS = 5.0
LONGEST_MEMORY = timedelta(hours=6)  # of minutes that could not be stored
CLIENT, SERVER, EVENT = "client", "server", "event"
Key = tuple[datetime, str, str, str]
logger = logging.getLogger(__name__)


class Outcomes:
    """The counts of one worker."""

    def __init__(self, store: IngestMinutes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._instance = ""
        self._number = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._since = _minute(now())
        self._gathered: Counter[Key] = Counter()
        self._in_doubt: list[Counted] = []
        self._ended = threading.Event()
        self._flushing = threading.Lock()

    def took(self, source: str, accepted: int, duplicates: int) -> None:
        """Rows stored now, and rows that were there before."""
        if accepted:
            self._counts[source, "accepted", ""] += accepted
        if duplicates:
            self._counts[source, "duplicate", ""] += duplicates

    def lagged(self, source: str, lag: timedelta) -> None:
        """One accepted row came so long after the end of its period."""
        self._counts[source, "lag", outcome_names.of_lag(lag.total_seconds())] += 1

    def rejected(self, source: str, field: str, reason: str) -> None:
        """One row was at fault."""
        self._counts[source, "rejected", outcome_names.of_fault(field, reason)] += 1

    def refused(self, source: str, status: HTTPStatus) -> None:
        """A whole request was turned away."""
        self._counts[source, "refused", outcome_names.of_refusal(status)] += 1

    def start(self) -> None:
        """Flush every five seconds from now on. Call it in the worker, so after fork."""
        threading.Thread(target=self._flush_forever, name="ledger", daemon=True).start()

    def finish(self) -> None:
        """The worker ends: the last counts."""
        self._ended.set()
        try:
            self.flush()
        except DatabaseAway:
            logger.warning("the store is away, the last counts of this worker are lost")

    def flush(self) -> None:
        """Add everything up to now. Raises `DatabaseAway`; then the next flush tries again."""
        with self._flushing:
            self._gather()
            while self._in_doubt or self._gathered:
                self._deliver()

    def _gather(self) -> None:
        """What was counted since the last flush belongs to the minute it began in."""
        counts, self._counts = self._counts, Counter()
        minute, self._since = self._since, _minute(self._now())
        for key, count in counts.items():
            self._gathered[(minute, *key)] += count
        oldest = self._since - LONGEST_MEMORY
        for key_of_minute in [key for key in self._gathered if key[0] < oldest]:
            del self._gathered[key_of_minute]

    def _deliver(self) -> None:
        if not self._in_doubt:
            gathered, self._gathered = self._gathered, Counter()
            self._in_doubt = [Counted(*key, count) for key, count in gathered.items()]
            self._number += 1
        self._instance = self._instance or _new_instance()
        self._store.add(self._instance, self._number, self._in_doubt)
        self._in_doubt = []

    def _flush_forever(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS - time() % INTERVAL_SECONDS):
            try:
                self.flush()
            except DatabaseAway as fault:
                logger.info("counts wait, the store is away: %s", fault)
            except Exception:
                logger.exception("the counts of this worker could not be stored, going on")


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _new_instance() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"
