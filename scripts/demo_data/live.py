"""`python -m scripts.demo_data.live`: stores what follows the demo's history, as time passes.

Drawn by the code of the history, whose sessions go on in it. Without HTTP too: the reports come
from forty countries, and the addresses of senders are not believed from this machine.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Protocol

from ingest.collector.country import locator
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings
from settings_readers import SettingsError

from . import world
from .reports import DrawnReports

FOR_EVER = timedelta(days=36_500)
PAUSE_SECONDS = 1.0
MOST_AT_ONCE = 2500


class Store(Protocol):
    """Where reports go."""

    def insert(self, reports: list[ClientReport], /) -> object:
        """Store them, each at most once. Raises `DatabaseAway`."""


class DueReports:
    """Stores each report once its period is over, later while the database is away."""

    def __init__(self, store: Store, reports: Iterator[ClientReport]) -> None:
        self._store = store
        self._reports = reports
        self._next = next(reports, None)
        self._due: list[ClientReport] = []

    def step(self, now: datetime) -> None:
        """Store what is due at `now`."""
        while self._next and self._next.period_end <= now and len(self._due) < MOST_AT_ONCE:
            self._due.append(self._next)
            self._next = next(self._reports, None)
        if self._due:
            try:
                self._store.insert(self._due)
            except DatabaseAway:
                return
            self._due = []


def main(arguments: list[str]) -> int:
    """Store reports until stopped by a signal; returns the exit status."""
    parser = argparse.ArgumentParser(description="Store the reports of simulated browsers.")
    parser.add_argument(
        "--since", type=datetime.fromisoformat, required=True, help="end of the history, ISO 8601"
    )
    since, stop_requested = parser.parse_args(arguments).since, threading.Event()

    def stop(sign: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        stop_requested.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)
    try:
        settings = Settings.from_environment()
        with running(settings) as url:
            database = Database(url, name="wsmon demo live")
            drawn = DrawnReports(since, world.REPORTS, world.SEED, locator(settings))
            due = DueReports(ClientReports(database), drawn.between(since, since + FOR_EVER))
            while not stop_requested.wait(PAUSE_SECONDS):
                due.step(_now())
            database.dispose()
    except (SettingsError, EmbeddedFault) as fault:
        print(f"No live demo data. {fault}", file=sys.stderr)
        return 1
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
