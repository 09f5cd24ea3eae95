"""Retention killed again and again: no row is lost, and the next run goes on."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from analytics.archive.archive import Archive
from models.database import migrate, partitions
from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import CHECKOUT
from tests.conftest import NOON, new_database

DAYS, ROWS, KILLS = 6, 400, 15
FIRST = NOON - timedelta(days=60)
STEP = """
import sys
from pathlib import Path
from analytics.archive.archive import Archive
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from models.database.engine import Database
from models.database.leases import Leases
from settings import Settings
from tests.conftest import NOON
url, folder = sys.argv[1], Path(sys.argv[2])
database = Database(url, statement_ms=60_000)
lease = Leases(database).take("scheduler", "the one who is killed", 600)
print("begins", flush=True)
settings = Settings(data_dir=folder, archive_dir=folder)
print(retention.step(JobContext(database, settings, lambda: NOON, lease, Archive(folder))))
"""


@pytest.fixture
def filled(embedded_url: str) -> Iterator[Database]:
    """A database of its own with some old days."""
    database = Database(new_database(embedded_url, f"chaos_{uuid4().hex[:8]}"))
    migrate.upgrade(database.url)
    for day in range(DAYS):
        at = FIRST + timedelta(days=day)
        ClientReports(database).insert(
            [
                ClientReport(
                    session_id=uuid4(), report_id=uuid4(), period_start=at, period_end=at,
                    received_at=at, custom={"n": number},
                )
                for number in range(ROWS)
            ]
        )  # fmt: skip
    yield database
    database.dispose()


def rows(database: Database) -> list[tuple[object, ...]]:
    query = text("SELECT session_id, report_id, period_end, custom FROM client_reports ORDER BY 1")
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(query)]


def begun(database: Database, folder: Path) -> "subprocess.Popen[str]":
    """A process whose retention has just begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", STEP, database.url, str(folder)],
        cwd=CHECKOUT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_killed_at_many_points_every_row_is_in_the_archive(
    filled: Database, tmp_path: Path
) -> None:
    before = rows(filled)
    for kill in range(KILLS):
        process = begun(filled, tmp_path)
        time.sleep(0.03 + 0.05 * kill)  # another point each time
        process.kill()
        process.communicate()
    process = begun(filled, tmp_path)
    assert process.communicate()[0].startswith(("dropped", "dropped no day"))
    assert rows(filled) == []
    assert partitions.detached(filled, "client_reports") == []
    archive = Archive(tmp_path)
    for day in range(DAYS):
        archive.restore(filled, (FIRST + timedelta(days=day)).date(), lambda _: None)
    assert rows(filled) == before
