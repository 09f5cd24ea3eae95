"""A scheduler that runs what is due whenever a line comes, as nobody waits for the clock.

The runner, its lease and its slots are those of `scripts/scheduler.py`; only waiting is not. A
line is written when all is done; at the end of the input the lease is released.
"""

import logging
import os
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta

from analytics.archive.archive import Archive
from analytics.jobs.job import Job
from analytics.jobs.runner import EPOCH, LEASE, Runner
from analytics.jobs.schedule import SCHEDULE
from models.database.engine import Database, DatabaseAway
from models.database.leases import Leases
from settings import Settings

STATEMENT_MS = 60_000
DELIVERY_SECONDS = 20  # messages go out in threads of their own


class Node:
    """One scheduler process."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database_url or "", statement_ms=STATEMENT_MS)
        self._holder = f"{socket.gethostname()}:{os.getpid()}:week"
        archive = Archive(settings.archive_dir) if settings.archive_dir else None
        self._runner = Runner(self._database, settings, now, holder=self._holder, archive=archive)
        self._slots: dict[str, int] = {}

    def run_due(self) -> None:
        """Renew the lease, then run each job whose slot has come and is not done yet."""
        self._runner.renew()
        for job in SCHEDULE:
            slot = slot_of(job)
            if self._slots.get(job.name) != slot and self._runner.run(job) == "done":
                self._slots[job.name] = slot
        for thread in threading.enumerate():
            if thread.name == "delivery":
                thread.join(DELIVERY_SECONDS)

    def leave(self) -> None:
        """Let another lead at once."""
        try:
            Leases(self._database).release(LEASE, self._holder)
        except DatabaseAway as fault:
            logging.warning("the lease ends by itself: %s", fault)


def now() -> datetime:
    """The time of the preloaded clock."""
    return datetime.now(UTC)


def slot_of(job: Job) -> int:
    """The number of the interval of a job."""
    return (now() - EPOCH) // timedelta(seconds=job.every_seconds)


def main() -> None:
    """Answer each line of the standard input with one, when what was due is done."""
    logging.basicConfig(level=logging.WARNING)
    node = Node(Settings.from_environment())
    for _ in sys.stdin:
        node.run_due()
        print(flush=True)
    node.leave()


if __name__ == "__main__":
    main()
