"""`scripts/backup`, `restore` and `major_upgrade`: what they print, and how they refuse."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from models.backups import fingerprints
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from scripts.backups import backup_command, major_upgrade_command, restore_command
from scripts.demo_data.__main__ import fill
from settings import Settings
from tests.support.clock import NOON
from tests.support.servers.running_server import open_folder
from tests.support.store.any_country import any_country
from tests.support.store.postgres import new_database
from tests.support.store.upgrades.older_postgres import needs_older_postgres, older_postgres


@pytest.fixture
def environment(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


@pytest.mark.usefixtures("environment")
def test_a_backup_prints_its_path_and_how_large_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup_command.main([]) == 0
    printed = capsys.readouterr()
    path = Path(printed.out.strip())
    assert path.parent == tmp_path / "backups"
    assert datetime.strptime(path.name, "wsmon-%Y%m%dT%H%M%SZ.dump")  # noqa: DTZ007 - Z is UTC
    assert printed.err.startswith("Backed up and read again: 0.")
    assert backup_command.main([str(path)]) == 1
    assert "Not backed up. " in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_a_store_with_tables_is_not_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup_command.main([str(tmp_path / "a.dump")])
    assert restore_command.main([str(tmp_path / "a.dump")]) == 1
    assert restore_command.main([str(tmp_path / "none.dump")]) == 1
    output = capsys.readouterr().err
    assert "Not restored. The store is not empty" in output
    assert "Not restored. There is no file" in output


@pytest.mark.usefixtures("environment")
def test_a_named_server_is_upgraded_by_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert major_upgrade_command.main([]) == 1
    assert "Nothing was changed. DATABASE_URL names" in capsys.readouterr().err


def month_in(url: str) -> dict[str, Any]:
    """The figures of the month before noon."""
    database = Database(url, statement_ms=600_000)
    summary = Reports(database).summary(TimeRange(NOON - timedelta(days=30), NOON))
    database.dispose()
    of_now = {"session_states": None, "data_as_of": None}
    return {**msgspec.structs.asdict(summary), **of_now}


def fill_month(url: str) -> None:
    """A month of the demo."""
    migrate.upgrade(url)
    database = Database(url, statement_ms=600_000)
    fill(database, any_country, 6_000, 1, NOON)
    database.dispose()


@pytest.mark.deep
@pytest.mark.timeout(2400)
def test_a_month_has_the_same_figures_afterwards(
    embedded_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source, copy = (new_database(embedded_url, f"month_{name}") for name in ("source", "copy"))
    fill_month(source)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", source)
    assert backup_command.main([str(tmp_path / "month.dump")]) == 0
    monkeypatch.setenv("DATABASE_URL", copy)
    assert restore_command.main([str(tmp_path / "month.dump")]) == 0
    assert fingerprints.of_store(copy) == fingerprints.of_store(source)
    assert month_in(copy) == month_in(source)


@pytest.mark.deep
@needs_older_postgres
@pytest.mark.timeout(2400)
def test_a_month_has_the_same_figures_in_another_major_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder() as folder:
        data_dir = folder / "data"
        with older_postgres(data_dir) as url:
            fill_month(url)
            before, figures = fingerprints.of_store(url), month_in(url)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("DATA_DIR", str(data_dir))
        assert major_upgrade_command.main([]) == 0
        with running(Settings(data_dir=data_dir)) as url:
            assert fingerprints.of_store(url) == before
            assert month_in(url) == figures
