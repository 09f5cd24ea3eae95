"""Retention and restoring killed wherever they may be: no row is lost, and the next run goes on."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from signal import SIGKILL
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from analytics.archive.archive import Archive
from models.database import migrate, partitions
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from settings import CHECKOUT
from tests.support.clock import NOON
from tests.support.faults.killed_retention import FAILED, day_number
from tests.support.store.postgres import new_database
from tests.support.store.report_factory import report

ROWS, TRIES = 40, 5
PAUSE_SECONDS = 0.05
# A row a call, not all that are written meanwhile: it goes on for thousands of them.
ALL = text("SELECT count(*), max(period_end) FROM client_reports")
# Between the file, its check and the drop.
POINTS = ("return detach", "return write", "return verify", "call drop")
POINTS_OF_RESTORING = (
    "return add", "return read_metadata", "call restore_rows", "return restore_rows",
    "return _restore_file",
)  # fmt: skip


@pytest.fixture
def store(embedded_url: str) -> Iterator[Database]:
    """A database of its own."""
    database = Database(new_database(embedded_url, f"chaos_{uuid4().hex[:8]}"), statement_ms=60_000)
    migrate.upgrade(database.url)
    yield database
    database.dispose()


class Killer:
    """Starts runs of retention, and has them killed at a point."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.faults.killed_retention", database.url, folder],
            cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, killed_at: str = "0", *, restored: date | None = None) -> int:
        """The signal that ended a run of retention, or of restoring a day; 0: it was complete."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{restored or '-'} {killed_at}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        """No more runs."""
        self._process.communicate()


@pytest.fixture
def killer(store: Database, tmp_path: Path) -> Iterator[Killer]:
    starter = Killer(store, tmp_path)
    yield starter
    starter.stop()


@contextmanager
def read_and_written(database: Database) -> Iterator[None]:
    """A writer of today's reports and a reader of all, neither of which may fail."""
    ended, faults = threading.Event(), list[Exception]()
    other = Database(database.url)

    def go_on() -> None:
        try:
            while not ended.wait(PAUSE_SECONDS):
                ClientReports(other).insert([report()])
                with other.transaction() as connection:
                    connection.execute(ALL)
        except Exception as fault:  # noqa: BLE001 - whatever it is
            faults.append(fault)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()
    other.dispose()
    assert faults == []


def stored_ids(database: Database, before: str = "infinity") -> set[UUID]:
    query = text("SELECT report_id FROM client_reports WHERE period_end < :before")
    with database.transaction() as connection:
        return set(connection.execute(query, {"before": before}).scalars())


def add_day(database: Database, number: int) -> None:
    """Reports of a day beyond the retention, the first and last of them at its ends."""
    noon = NOON - day_number(number)
    first = noon.replace(hour=0)
    last = noon.replace(hour=23, minute=59, second=59, microsecond=999_999)
    ClientReports(database).insert(
        [report(period_end=end) for end in (first, last, *[noon] * (ROWS - 2))]
    )


def assert_archived(store: Database, folder: Path, days: int) -> None:
    archive = Archive(folder)
    for number in range(days):
        day = (NOON - day_number(number)).date()
        assert archive.restore(store, day, lambda _: None) == ROWS


def completed(run: Callable[[], int]) -> int:
    """Run until no lock of a killed run, which the server has yet to miss, is in the way."""
    for _ in range(TRIES):
        if (ended_by := run()) != FAILED:
            return ended_by
    return FAILED


def assert_dropped(store: Database) -> None:
    assert stored_ids(store, "2026-02-01") == set()
    assert partitions.detached(store, "client_reports") == []


def test_killed_between_file_check_and_drop_the_next_run_continues(
    store: Database, killer: Killer, tmp_path: Path
) -> None:
    for number, point in enumerate(POINTS):
        add_day(store, number)
        assert completed(partial(killer.run, point)) == SIGKILL, point
    assert completed(killer.run) == 0
    assert_dropped(store)
    assert_archived(store, tmp_path, len(POINTS))


def test_a_restore_killed_midway_has_all_rows_of_a_day_or_none(
    store: Database, killer: Killer
) -> None:
    add_day(store, 0)
    rows_of_day = stored_ids(store)
    assert completed(killer.run) == 0
    day = (NOON - day_number(0)).date()
    for point in POINTS_OF_RESTORING:
        assert completed(partial(killer.run, point, restored=day)) == SIGKILL, point
        assert stored_ids(store) in (set(), rows_of_day), point
        assert completed(killer.run) == 0  # retention leaves a day that was asked for
    assert completed(partial(killer.run, restored=day)) == 0
    assert stored_ids(store) == rows_of_day


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_killed_at_every_call_nothing_is_lost_and_nobody_waits_in_vain(
    store: Database, killer: Killer, tmp_path: Path
) -> None:
    number, ended_by = 0, int(SIGKILL)
    moved = tmp_path / "moved"
    (moved / "client_reports").mkdir(parents=True)
    with read_and_written(store):
        while ended_by == SIGKILL:
            add_day(store, number)
            ended_by = completed(partial(killer.run, str(number + 1)))
            assert completed(killer.run) == 0
            assert_dropped(store)
            for file in (tmp_path / "client_reports").iterdir():  # else each run has a call more
                file.rename(moved / "client_reports" / file.name)
            number += 1
    assert ended_by == 0
    assert number > 50
    assert_archived(store, moved, number)
