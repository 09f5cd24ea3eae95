"""A day leaves while readers and writers are busy: `scripts/python -m scripts.bench.retention`.

For each size: how long the day took to be set aside (nobody sees it any more) and how long its file
took to be freed after that, and the longest that any reader and any writer waited for an answer
meanwhile, beside the longest of as many seconds of ordinary work. Once as days leave after weeks
(nobody has read them lately), and once just read, as from an archive being written.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import uuid4

from sqlalchemy import TextClause, text

from models.database import migrate, partitions
from models.database.engine import Database
from models.embedded import running
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings

from . import bulk_rows

STATEMENT_MS = 600_000
WRITERS, READERS = 2, 2
WRITER_PAUSE, READER_PAUSE = (
    0.02,
    0.05,
)  # seconds: busy, but two cores do it
OLD = date(2026, 3, 1)
PAGE = text(
    "SELECT app, count(*), sum(sent) FROM client_reports "
    "WHERE period_end >= now() - interval '1 h' GROUP BY app"
)
FILES = text(
    "SELECT pg_relation_filepath(c.oid) "
    "FROM pg_class AS day LEFT JOIN pg_index AS i ON i.indrelid = day.oid "
    "JOIN pg_class AS c ON c.oid IN (day.oid, i.indexrelid) WHERE day.relname = ANY(:names)"
)
WHOLE = text("SELECT count(*) FROM (SELECT 1 FROM client_reports LIMIT 1000) AS some_rows")


class Work:
    """Threads that do one thing again and again and note how long each took."""

    def __init__(self, name: str, count: int, pause: float, do: Callable[[], object]) -> None:
        self.done = Done(name)
        self._do, self._pause = do, pause
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self._do()
            except Exception as fault:  # noqa: BLE001  whatever fails is what is measured
                self.done.faults.append(f"{type(fault).__name__}: {fault}")
            self.done.took.append((began, time.monotonic() - began))
            self._ended.wait(self._pause)

    def stop(self) -> None:
        """Let every thread end."""
        self._ended.set()
        for thread in self._threads:
            thread.join()


@dataclass
class Done:
    """What one kind of work took: (monotonic instant it began, seconds), and what failed."""

    name: str
    took: list[tuple[float, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def longest_ms(self, start: float, end: float) -> float:
        """The longest answer among those under way between two instants."""
        found = [took for began, took in self.took if began < end and began + took > start]
        return max(found, default=0.0) * 1000


def work(url: str, orders: Connection) -> None:
    """A process of its own: work until told to stop, then tell what was done."""
    database = Database(url, pool_size=10, name="wsmon bench work")
    store = ClientReports(database)
    works = [
        Work("writer", WRITERS, WRITER_PAUSE, lambda: store.insert(_reports())),
        Work("page", READERS, READER_PAUSE, lambda: _read(database, PAGE)),
        Work("reader of all days", 1, READER_PAUSE, lambda: _read(database, WHOLE)),
    ]
    orders.recv()
    for one in works:
        one.stop()
    orders.send([one.done for one in works])


def main(arguments: list[str]) -> int:
    """Measure and print; answers the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 500_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        database = Database(url, pool_size=10, statement_ms=STATEMENT_MS, name="wsmon bench")
        stack.callback(database.dispose)
        partitions.ensure(database, "client_reports", partitions.days_around(datetime.now(UTC)))
        for rows in options.rows:
            for just_read in (False, True):
                _measure(database, folder, rows, options.rounds, just_read=just_read)
    return 0


def _measure(database: Database, folder: Path, rows: int, rounds: int, *, just_read: bool) -> None:
    days = [OLD + timedelta(days=n) for n in range(rounds)]
    for day in days:
        bulk_rows.fill_day(database, day, rows)
    _settle(database, folder, days, just_read=just_read)
    orders, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(
        target=work, args=(database.url, theirs), daemon=True
    )
    worker.start()
    time.sleep(4)
    quiet = time.monotonic(), time.monotonic() + 3
    time.sleep(3)
    left, spans = [], []
    for day in days:
        began = time.monotonic()
        partitions.set_aside(database, "client_reports", day)
        aside = time.monotonic()
        for gone in partitions.detached(database, "client_reports"):
            partitions.drop(database, gone)
        spans.append((began, time.monotonic()))
        left.append(f"{(aside - began) * 1000:.0f} + {(spans[-1][1] - aside) * 1000:.0f}")
        time.sleep(0.3)
    orders.send("stop")
    found: list[Done] = orders.recv()
    worker.join()
    when = "just read" if just_read else "not read lately"
    print(f"{rows:,} rows a day, {when}: set aside + file freed in {', '.join(left)} ms")
    for done in found:
        during = max(done.longest_ms(*span) for span in spans)
        print(
            f"  {done.name}: longest {during:.0f} ms while a day left, "
            f"{done.longest_ms(*quiet):.0f} ms in three ordinary seconds; "
            f"n = {len(done.took):,}, failed {len(done.faults)}"
        )
        for fault in done.faults[:2]:
            print(f"    {fault}")


def _settle(database: Database, folder: Path, days: list[date], *, just_read: bool) -> None:
    """As days are after weeks: cleaned up, on disk, and in the system's cache or not."""
    names = [partitions.partition_name("client_reports", day) for day in days]
    with database.autocommit() as connection:
        for name in names:
            connection.execute(text(f"VACUUM (ANALYZE) {name}"))
    with database.transaction() as connection:
        kept_in = connection.execute(FILES, {"names": names}).scalars().all()
    os.sync()
    for file in (file for path in kept_in for file in folder.glob(f"**/{path}*")):
        with file.open("rb") as opened:
            if just_read:
                while opened.read(1 << 20):
                    pass
            else:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read(database: Database, query: TextClause) -> None:
    with database.transaction() as connection:
        connection.execute(query).all()


def _reports() -> list[ClientReport]:
    now = datetime.now(UTC)
    return [
        ClientReport(
            session_id=uuid4(), report_id=uuid4(), period_start=now, period_end=now,
            received_at=now, app="bench", sent=3,
        )
        for _ in range(20)
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
