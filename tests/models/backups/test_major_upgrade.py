"""The embedded database moved to another major version, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.backups import fingerprints, major_upgrade
from models.backups.major_upgrade import STAGING, NotUpgraded
from models.database import migrate
from models.database.engine import Database
from models.embedded import EmbeddedFault, other_majors, running
from models.embedded.places import DataPaths, places
from models.embedded.server import owned
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON
from tests.support.servers.running_server import open_folder
from tests.support.store.older_postgres import (
    needs_older_postgres,
    older_folder,
    older_postgres,
)
from tests.support.store.report_factory import report


@pytest.fixture
def settings() -> Iterator[Settings]:
    with open_folder() as folder:
        yield Settings(data_dir=folder / "data")


def fill_older(settings: Settings) -> dict[str, fingerprints.Fingerprint]:
    with older_postgres(settings.data_dir) as url:
        migrate.upgrade(url)
        database = Database(url)
        ClientReports(database).insert([report(period_end=NOON) for _ in range(50)])
        database.dispose()
        return fingerprints.of_store(url)


def quietly(_text: str) -> None:
    """Say nothing."""


def data_folder(settings: Settings, name: object, state: str) -> Path:
    """A folder that looks like that of a server which has stopped."""
    with owned(settings) as (owner, paths), owner.acting():
        folder = paths.root / str(name)
        (folder / "global").mkdir(parents=True)
        (folder / "PG_VERSION").write_text("of a version\n")
        (folder / "global" / "pg_control").write_text(state)
        return folder


@pytest.mark.deep
@needs_older_postgres
def test_the_data_moves_and_the_old_folder_stays_until_it_is_removed(settings: Settings) -> None:
    before = fill_older(settings)
    partial = data_folder(settings, f"{STAGING}/18", "of an interrupted move")
    with pytest.raises(EmbeddedFault, match=r"PostgreSQL 15.*\./scripts/major_upgrade"):
        running(settings).__enter__()
    messages: list[str] = []
    moved = major_upgrade.upgrade(settings, None, messages.append)
    assert moved.rows == sum(table.rows for table in before.values()) > 50
    assert messages[0].endswith("by PostgreSQL 15.")
    assert not partial.parent.exists()
    with running(settings) as url:
        assert fingerprints.of_store(url) == before
    assert (older_folder(settings.data_dir) / "PG_VERSION").exists()
    with pytest.raises(NotUpgraded, match="already"):
        major_upgrade.upgrade(settings, None, quietly)
    assert major_upgrade.remove_old(settings) == [older_folder(settings.data_dir)]
    assert major_upgrade.remove_old(settings) == []
    with running(settings) as url:
        assert fingerprints.of_store(url) == before


@pytest.mark.deep
@needs_older_postgres
def test_a_copy_that_differs_is_thrown_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with older_postgres(settings.data_dir) as url:
        migrate.upgrade(url)
    stores = iter([{"sessions": 1}, {"sessions": 2}])
    monkeypatch.setattr(fingerprints, "of_store", lambda _: next(stores))
    with pytest.raises(NotUpgraded, match="differs in sessions"):
        major_upgrade.upgrade(settings, None, quietly)
    assert not places(settings.data_dir).cluster.exists()
    assert (older_folder(settings.data_dir) / "PG_VERSION").exists()


def test_there_is_a_way_back(settings: Settings) -> None:
    data_folder(settings, 15, "stopped")
    new = data_folder(settings, 18, "stopped")
    aside = major_upgrade.undo(settings)
    assert aside.name.startswith("18-undone-")
    assert (aside / "PG_VERSION").exists()
    assert not new.exists()
    with pytest.raises(NotUpgraded, match="no older data folder to go back to"):
        major_upgrade.undo(settings)


def test_an_old_folder_that_was_used_again_is_not_left_out_silently(settings: Settings) -> None:
    old, new = data_folder(settings, 15, "stopped"), data_folder(settings, 18, "stopped")
    paths = places(settings.data_dir)
    (new / other_majors.ORIGIN).write_text(other_majors.origin(DataPaths(paths.root, 15)))
    other_majors.refuse(paths)
    (old / "global" / "pg_control").write_text("used again")
    with pytest.raises(EmbeddedFault, match=r"was used again after .* --undo .* --remove-old"):
        other_majors.refuse(paths)


def test_a_folder_of_a_newer_version_is_not_older(settings: Settings) -> None:
    data_folder(settings, 99, "stopped")
    with pytest.raises(EmbeddedFault, match="Start the version of WebSocket Analytics that was"):
        other_majors.refuse(places(settings.data_dir))
    with pytest.raises(NotUpgraded, match="no older data folder in"):
        major_upgrade.upgrade(settings, None, quietly)


def test_a_missing_server_is_named(settings: Settings) -> None:
    data_folder(settings, 9, "stopped")
    with pytest.raises(EmbeddedFault, match=r"Install PostgreSQL 9 .*--program FOLDER"):
        major_upgrade.upgrade(settings, None, quietly)
    with pytest.raises(NotUpgraded, match="only one"):
        major_upgrade.remove_old(settings)


def test_without_an_older_folder_nothing_moves(settings: Settings) -> None:
    with pytest.raises(NotUpgraded, match="no older data folder in"):
        major_upgrade.upgrade(settings, None, quietly)
