"""Stores the meter's samples every five seconds; those that cannot be stored now are queued.

Intervals end at whole multiples of five seconds, so that those of all workers line up.
"""

import logging
import os
import socket
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from ingest.worker.background import Loop, every
from models.database.engine import DatabaseAway
from models.raw.sample_insert import ServerSamples, WorkerIdentity
from models.raw.server_samples import ServerSample

from .meter import Meter
from .process import ProcessMeter

INTERVAL_SECONDS = 5.0
MOST_PENDING = 10_000
BATCH = 500
logger = logging.getLogger(__name__)


class Flusher:
    """The flusher of one worker. Create it in the worker, after fork."""

    def __init__(self, meter: Meter, store: ServerSamples, now: Callable[[], datetime]) -> None:
        self._meter = meter
        self._store = store
        self._now = now
        self._process = ProcessMeter()
        self._since = now()
        self._pending: deque[ServerSample] = deque(maxlen=MOST_PENDING)
        self._writing = False
        self._is_registered = False
        self._loops: tuple[Loop, ...] = ()
        self.worker = WorkerIdentity(_instance(), *_node(), os.getpid(), self._since)

    @property
    def pending(self) -> int:
        """Samples not stored yet."""
        return len(self._pending)

    def start(self) -> None:
        """Register the worker now, then flush every five seconds."""
        self._loops = (
            self._process.watch(),
            every(INTERVAL_SECONDS, self._step, "meter", delay=0, is_aligned=True),
        )

    def flush(self) -> None:
        """Store all samples up to now; keep them queued while the database is down."""
        self._sample()
        self._deliver()

    def finish(self) -> None:
        """Flush a last time when the worker stops, and retire it."""
        for loop in self._loops:
            loop.stop(INTERVAL_SECONDS)
        self.flush()
        try:
            self._store.remove_worker(self.worker, self._now())
        except DatabaseAway:
            logger.warning("the store is away, %d samples of this worker are lost", self.pending)

    def _step(self) -> None:
        if self._is_registered:
            self._sample()
        self._is_registered = True
        self._deliver()

    def _sample(self) -> None:
        start, self._since = self._since, self._now()
        if self._since > start:
            if len(self._pending) == MOST_PENDING:
                logger.error("the store has been away too long: the oldest samples are dropped")
            instance = self.worker.instance
            self._pending.extend(self._meter.samples(instance, start, self._since, self._process))

    def _deliver(self) -> None:
        if self._writing:
            return
        self._writing = True
        try:
            self._store.heartbeat(self.worker, _is_alive, self._now())
            while batch := list(self._pending)[:BATCH]:
                self._insert(batch)
                for _ in batch:
                    self._pending.popleft()
        except DatabaseAway as fault:
            logger.info("samples wait, the store is away: %s", fault)
        finally:
            self._writing = False

    def _insert(self, batch: list[ServerSample]) -> None:
        try:
            self._store.insert(batch)
        except ValueError:
            logger.exception("%d samples are no rows, they are dropped", len(batch))


class Metering:
    """The flusher of the worker this application runs in; there is none before `start`."""

    def __init__(self, meter: Meter, store: ServerSamples, now: Callable[[], datetime]) -> None:
        self._flusher_arguments = (meter, store, now)
        self._flusher: Flusher | None = None

    @property
    def pending(self) -> int:
        """Samples not stored yet."""
        return self._flusher.pending if self._flusher else 0

    @property
    def named_apps(self) -> int:
        """How many apps have names of their own in the samples of this worker."""
        meter, _, _ = self._flusher_arguments
        return meter.named_apps

    @property
    def rooms_counted(self) -> int:
        """See `Meter.rooms_counted`."""
        meter, _, _ = self._flusher_arguments
        return meter.rooms_counted

    def start(self) -> None:
        """Start metering and flushing."""
        self._flusher = Flusher(*self._flusher_arguments)
        self._flusher.start()

    def finish(self) -> None:
        """Store the last samples."""
        if self._flusher is not None:
            self._flusher.finish()


def _instance() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"


def _node() -> tuple[str, str]:
    """(host name, PID namespace): within these a process id is unique."""
    return socket.gethostname(), str(Path("/proc/self/ns/pid").readlink())


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
