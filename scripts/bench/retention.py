"""Dropping a day under read and write load: `scripts/python -m scripts.bench.retention`.

For each size: how long it took to detach the day (it is invisible then) and after that to free its
files, and the longest query of any reader and writer meanwhile, beside the longest within three
seconds of ordinary work. Once with days not read lately, as after weeks, and once just read, as
when an archive was written.
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
)  # seconds: busy, within the capacity of two cores
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
ALL_DAYS = text("SELECT count(*) FROM (SELECT 1 FROM client_reports LIMIT 1000) AS some_rows")


class Workload:
    """Threads that repeat one action and record its durations."""

    def __init__(self, name: str, count: int, pause: float, do: Callable[[], object]) -> None:
        self.timings = WorkTimings(name)
        self._action, self._pause = do, pause
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while not self._ended.is_set():
            started = time.monotonic()
            try:
                self._action()
            except Exception as fault:  # noqa: BLE001  whatever fails is what is measured
                self.timings.faults.append(f"{type(fault).__name__}: {fault}")
            self.timings.durations.append((started, time.monotonic() - started))
            self._ended.wait(self._pause)

    def stop(self) -> None:
        """Stop all threads."""
        self._ended.set()
        for thread in self._threads:
            thread.join()


@dataclass
class WorkTimings:
    """Durations of one workload, (monotonic start, seconds), and its faults."""

    name: str
    durations: list[tuple[float, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def longest_ms(self, start: float, end: float) -> float:
        """The longest duration among those in progress between two instants."""
        durations = [
            seconds
            for started, seconds in self.durations
            if started < end and started + seconds > start
        ]
        return max(durations, default=0.0) * 1000


def run_workloads(url: str, control: Connection) -> None:
    """Run the workloads until a message arrives, then send their timings. Runs as a process."""
    database = Database(url, pool_size=10, name="wsmon bench work")
    store = ClientReports(database)
    workloads = [
        Workload("writer", WRITERS, WRITER_PAUSE, lambda: store.insert(_reports())),
        Workload("page", READERS, READER_PAUSE, lambda: _read(database, PAGE)),
        Workload("reader of all days", 1, READER_PAUSE, lambda: _read(database, ALL_DAYS)),
    ]
    control.recv()
    for workload in workloads:
        workload.stop()
    control.send([workload.timings for workload in workloads])


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
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
        partitions.ensure(database, "client_reports", partitions.writable_days(datetime.now(UTC)))
        for rows in options.rows:
            for just_read in (False, True):
                _measure(database, folder, rows, options.rounds, just_read=just_read)
    return 0


def _measure(database: Database, folder: Path, rows: int, rounds: int, *, just_read: bool) -> None:
    days = [OLD + timedelta(days=n) for n in range(rounds)]
    for day in days:
        bulk_rows.fill_day(database, day, rows)
    _prepare_days(database, folder, days, just_read=just_read)
    control, worker_end = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(
        target=run_workloads, args=(database.url, worker_end), daemon=True
    )
    worker.start()
    time.sleep(4)
    quiet = time.monotonic(), time.monotonic() + 3
    time.sleep(3)
    drop_times, spans = [], []
    for day in days:
        started = time.monotonic()
        partitions.detach(database, "client_reports", day)
        detached_at = time.monotonic()
        for detached in partitions.detached(database, "client_reports"):
            partitions.drop(database, detached)
        spans.append((started, time.monotonic()))
        drop_times.append(
            f"{(detached_at - started) * 1000:.0f} + {(spans[-1][1] - detached_at) * 1000:.0f}"
        )
        time.sleep(0.3)
    control.send("stop")
    timings: list[WorkTimings] = control.recv()
    worker.join()
    when = "just read" if just_read else "not read lately"
    print(f"{rows:,} rows a day, {when}: set aside + file freed in {', '.join(drop_times)} ms")
    for workload in timings:
        during = max(workload.longest_ms(*span) for span in spans)
        print(
            f"  {workload.name}: longest {during:.0f} ms while a day left, "
            f"{workload.longest_ms(*quiet):.0f} ms in three ordinary seconds; "
            f"n = {len(workload.durations):,}, failed {len(workload.faults)}"
        )
        for fault in workload.faults[:2]:
            print(f"    {fault}")


def _prepare_days(database: Database, folder: Path, days: list[date], *, just_read: bool) -> None:
    """Bring days into the state they have after weeks: vacuumed, on disk, cached or not."""
    names = [partitions.partition_name("client_reports", day) for day in days]
    with database.autocommit() as connection:
        for name in names:
            connection.execute(text(f"VACUUM (ANALYZE) {name}"))
    with database.transaction() as connection:
        file_paths = connection.execute(FILES, {"names": names}).scalars().all()
    os.sync()
    for file in (file for path in file_paths for file in folder.glob(f"**/{path}*")):
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
