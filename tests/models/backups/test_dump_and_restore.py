"""A backup restored into an empty store: every row as it was; a store with tables is refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest

from models.backups import connection, dump, fingerprints, restore
from models.backups.dump import NotBackedUp
from models.backups.restore import StoreNotRestored
from models.database import migrate
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.servers.running_server import open_folder
from tests.support.store.older_postgres import needs_older_postgres, older_postgres
from tests.support.store.postgres import autocommit_cursor, new_database
from tests.support.store.report_factory import report


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def filled(database: Database) -> Database:
    """Reports of two hours with their cells."""
    reports = [
        report(
            period_end=NOON + timedelta(minutes=number), page=f"/ü\t{number}\\", custom={"a": 0.1},
            close_codes={"1006": 1},
        )
        for number in range(90)
    ]  # fmt: skip
    ClientReports(database).insert(reports)
    roll_up(database, NOON + timedelta(hours=2))
    return database


def test_every_row_is_restored(filled: Database, embedded_url: str, tmp_path: Path) -> None:
    backup = dump.write(filled.url, tmp_path / "new" / "store.dump")
    assert backup.size_bytes == backup.path.stat().st_size > 10_000
    assert backup.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.path.parent.iterdir()] == ["store.dump"]
    empty = new_database(embedded_url, "restored")
    restore.restore(empty, backup.path)
    of_source = fingerprints.of_store(filled.url)
    assert fingerprints.of_store(empty) == of_source
    assert sum(table.rows for table in of_source.values()) > 200
    _reports_go_on(empty)


def _reports_go_on(url: str) -> None:
    """Sequences, partitions and functions are there too."""
    database = Database(url)
    assert len(ClientReports(database).insert([report(period_end=NOON)]).keys) == 1
    database.dispose()


def test_a_store_with_tables_is_left_as_it_is(filled: Database, tmp_path: Path) -> None:
    backup = dump.write(filled.url, tmp_path / "store.dump")
    before = fingerprints.of_store(filled.url)
    with pytest.raises(StoreNotRestored, match=r"not empty: it has \d+ tables .* DATA_DIR"):
        restore.restore(filled.url, backup.path)
    assert fingerprints.of_store(filled.url) == before


def test_a_backup_is_never_overwritten(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "store.dump"
    path.write_text("mine")
    with pytest.raises(NotBackedUp, match="never overwritten"):
        dump.write(filled.url, path)
    assert path.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_named(database: Database) -> None:
    with pytest.raises(NotBackedUp, match=r"/proc/x/store\.dump cannot be written: No such file"):
        dump.write(database.url, Path("/proc/x/store.dump"))


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign"])
def test_of_a_damaged_file_nothing_is_restored(
    filled: Database, embedded_url: str, tmp_path: Path, damage: str
) -> None:
    path = dump.write(filled.url, tmp_path / "store.dump").path
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[len(content) * 2 // 3 :]
    elif damage == "changed":
        middle = len(content) - len(content) // 3
        content[middle : middle + 40] = bytes(40)
    else:
        content[:] = b"SELECT 1;"
    path.write_bytes(content)
    empty = new_database(embedded_url, "of_damaged")
    with pytest.raises(StoreNotRestored, match=r"damaged|no backup"):
        restore.restore(empty, path)
    assert fingerprints.of_store(empty) == {}


def test_a_restore_that_fails_half_way_leaves_nothing(
    filled: Database, embedded_url: str, tmp_path: Path
) -> None:
    path = dump.write(filled.url, tmp_path / "store.dump").path
    empty = new_database(embedded_url, "half_way")
    with autocommit_cursor(empty) as cursor:
        cursor.execute("CREATE FUNCTION latest_own() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        cursor.execute("CREATE TYPE sessions AS ENUM ('a type in the way')")
    with pytest.raises(StoreNotRestored, match='type "sessions" already exists'):
        restore.restore(empty, path)
    assert fingerprints.of_store(empty) == {}


def test_a_backup_of_a_version_to_come_is_refused(embedded_url: str, tmp_path: Path) -> None:
    later = new_database(embedded_url, "later")
    migrate.upgrade(later)
    with autocommit_cursor(later) as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    path = dump.write(later, tmp_path / "store.dump").path
    with pytest.raises(StoreNotRestored, match=r"newer version .* of 9999"):
        restore.restore(new_database(embedded_url, "earlier"), path)


@pytest.mark.deep
@needs_older_postgres
def test_a_store_on_an_older_server_goes_to_a_newer_and_not_back(
    embedded_url: str, folder: Path
) -> None:
    with older_postgres(folder / "data") as older:
        migrate.upgrade(older)
        _reports_go_on(older)
        first = dump.write(older, folder / "older.dump").path
        newer = new_database(embedded_url, "newer")
        restore.restore(newer, first)
        assert fingerprints.of_store(newer) == fingerprints.of_store(older)
        second = dump.write(newer, folder / "newer.dump").path
        with autocommit_cursor(older) as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        with pytest.raises(StoreNotRestored, match="can read"):  # by the older client
            restore.restore(older, second)


def test_no_password_stands_on_a_command_line() -> None:
    url = "postgresql+psycopg2://ada:s3cr%20et@db.example:5433/wsmon?sslmode=require"
    arguments = connection.arguments(url)
    assert "s3cr" not in " ".join(arguments)
    assert psycopg2.extensions.parse_dsn(arguments[1].removeprefix("--dbname=")) == {
        "user": "ada", "host": "db.example", "port": "5433", "dbname": "wsmon",
        "sslmode": "require", "application_name": "wsmon backup",
    }  # fmt: skip
    assert connection.environment(url)["PGPASSWORD"] == "s3cr et"
