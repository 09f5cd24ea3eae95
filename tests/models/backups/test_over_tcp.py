"""An operator's own store, over TCP with a password: backed up, restored into an empty one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.backups import dump, fingerprints, restore
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.servers.running_server import open_folder
from tests.support.store.password_postgres import PasswordPostgres, password_postgres
from tests.support.store.report_factory import report

pytestmark = [pytest.mark.deep, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server() -> Iterator[PasswordPostgres]:
    with open_folder() as folder, password_postgres(folder / "data") as server:
        yield server


@pytest.fixture(scope="module")
def source(server: PasswordPostgres) -> str:
    """A store with reports and their cells."""
    url = server.new_database("source")
    migrate.upgrade(url)
    database = Database(url)
    ClientReports(database).insert(
        [report(period_end=NOON + timedelta(minutes=number)) for number in range(90)]
    )
    roll_up(database, NOON + timedelta(hours=2))
    database.dispose()
    return url


def test_every_table_has_the_same_rows(
    server: PasswordPostgres, source: str, tmp_path: Path
) -> None:
    backup = dump.write(source, tmp_path / "store.dump")
    copy = server.new_database("copy")
    restore.restore(copy, backup.path)
    of_source, of_copy = fingerprints.of_store(source), fingerprints.of_store(copy)
    assert of_copy == of_source
    assert len(of_source) > 30
    assert sum(table.rows for table in of_source.values()) > 200


def test_a_wrong_password_is_refused_without_a_question(
    server: PasswordPostgres, tmp_path: Path
) -> None:
    wrong = server.url("source", password="wrong")
    with pytest.raises(DatabaseAway, match="password authentication failed"):
        dump.write(wrong, tmp_path / "store.dump")
    assert list(tmp_path.iterdir()) == []
