"""`scripts/archive`, run as a process."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from analytics.archive.archive import Archive
from models.database import partitions
from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import CHECKOUT, Settings
from tests.support.clock import NOON


def archive(
    settings: Settings, folder: Path | None, *arguments: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "DATA_DIR": str(settings.data_dir),
        "ARCHIVE_DIR": str(folder or ""),
    }
    return subprocess.run(
        [sys.executable, "-m", "scripts.archive_command", *arguments],
        cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def archive_a_day(database: Database, folder: Path) -> None:
    """Archive and drop a day."""
    report = ClientReport(
        session_id=uuid4(), report_id=uuid4(), period_start=NOON, period_end=NOON, received_at=NOON
    )
    ClientReports(database).insert([report])
    partitions.detach(database, "client_reports", NOON.date())
    for detached in partitions.detached(database, "client_reports"):
        Archive(folder).keep(database, detached)
        partitions.drop(database, detached)


def test_a_day_is_listed_restored_and_released(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    archive_a_day(database, tmp_path)
    day = NOON.date().isoformat()
    assert archive(settings, tmp_path, "list").stdout.split("\t")[:3] == [
        day, "client_reports", "1",
    ]  # fmt: skip
    assert f"{day} is back (new rows: 1)" in archive(settings, tmp_path, "restore", day).stderr
    assert archive(settings, tmp_path, "list").stdout.strip().endswith("restored")
    assert "dropped by the next" in archive(settings, tmp_path, "release", day).stderr
    assert "nothing to release" in archive(settings, tmp_path, "release", day).stderr


def test_a_missing_day_is_reported(settings: Settings, database: Database, tmp_path: Path) -> None:
    missing = archive(settings, tmp_path, "restore", "2001-01-01")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "There is no 2001-01-01" in missing.stderr


def test_without_a_folder_there_is_no_archive(settings: Settings, database: Database) -> None:
    assert "ARCHIVE_DIR is not set" in archive(settings, None, "list").stderr
