"""Retention killed repeatedly: no row is lost, and the next run continues."""

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
from tests.support.clock import NOON
from tests.support.store.postgres import new_database

DAY_COUNT, ROWS, KILLS = 6, 400, 15
FIRST = NOON - timedelta(days=60)
STEP_SCRIPT = """
import sys
from pathlib import Path
from analytics.archive.archive import Archive
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from models.database.engine import Database
from models.database.leases import Leases
from settings import Settings
from tests.support.clock import NOON
url, folder = sys.argv[1], Path(sys.argv[2])
database = Database(url, statement_ms=60_000)
lease = Leases(database).take("scheduler", "the one who is killed", 600)
print("begins", flush=True)
settings = Settings(data_dir=folder, archive_dir=folder)
print(retention.step(JobContext(database, settings, lambda: NOON, lease, Archive(folder))))
"""


@pytest.fixture
def old_days(embedded_url: str) -> Iterator[Database]:
    """A separate database with several old days."""
    database = Database(new_database(embedded_url, f"chaos_{uuid4().hex[:8]}"))
    migrate.upgrade(database.url)
    for day in range(DAY_COUNT):
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


def start_retention(database: Database, folder: Path) -> "subprocess.Popen[str]":
    """A process whose retention has just begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", STEP_SCRIPT, database.url, str(folder)],
        cwd=CHECKOUT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_killed_at_many_points_every_row_is_in_the_archive(
    old_days: Database, tmp_path: Path
) -> None:
    before = rows(old_days)
    for kill in range(KILLS):
        process = start_retention(old_days, tmp_path)
        time.sleep(0.03 + 0.05 * kill)  # at a later point each time
        process.kill()
        process.communicate()
    process = start_retention(old_days, tmp_path)
    assert process.communicate()[0].startswith(("dropped", "dropped no day"))
    assert rows(old_days) == []
    assert partitions.detached(old_days, "client_reports") == []
    archive = Archive(tmp_path)
    for day in range(DAY_COUNT):
        archive.restore(old_days, (FIRST + timedelta(days=day)).date(), lambda _: None)
    assert rows(old_days) == before
