"""Moves the stored reports of senders that were set aside out of the figures, in the background."""

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from uuid import UUID

from ingest.worker.background import Loop, every
from models.database.engine import DatabaseAway
from models.raw.set_aside_reports import SetAsideReports

INTERVAL_SECONDS = 1.0
AGAIN_SECONDS = 3.0  # a report that waited for its commit meanwhile is stored by then
AT_ONCE = 500
logger = logging.getLogger(__name__)


class Withdrawals:
    """The withdrawals of one worker; `count` is called with the number of reports moved."""

    def __init__(self, store: SetAsideReports, count: Callable[[int], None]) -> None:
        self._store = store
        self._count = count
        self._due: list[tuple[float, Sequence[UUID]]] = []
        self._lock = threading.Lock()
        self._loop: Loop | None = None

    def add(self, sessions: Sequence[UUID]) -> None:
        """Withdraw the reports of these sessions, at once and once more a little later."""
        for first in range(0, len(sessions), AT_ONCE):
            part = sessions[first : first + AT_ONCE]
            self._due += [(0.0, part), (monotonic() + AGAIN_SECONDS, part)]

    def start(self, compare: Callable[[], None]) -> None:
        """Start moving every second, after `compare`, which may add some. Call it in the worker,
        after fork."""

        def step() -> None:
            compare()
            self._step()

        self._loop = every(INTERVAL_SECONDS, step, "withdrawals")

    def finish(self) -> None:
        """Move all that is due or to come, when the worker stops."""
        if self._loop is not None:
            self._loop.stop()
        self._step(float("inf"))

    def _step(self, until: float | None = None) -> None:
        try:
            self.run(monotonic() if until is None else until)
        except DatabaseAway as fault:
            logger.info("withdrawals wait, the store is away: %s", fault)

    def run(self, until: float) -> None:
        """Move what is due until a moment of the monotonic clock. Raises `DatabaseAway`; the next
        run then goes on."""
        with self._lock:
            for entry in [entry for entry in self._due if entry[0] <= until]:
                moved = self._store.move(entry[1])
                self._due.remove(entry)
                if moved:
                    self._count(moved)
