"""Locks for changes of the schema: patient with a reader, and in nobody's way meanwhile."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import schema_locks
from models.database.engine import Database

READ = text("SELECT count(*) FROM client_reports")


def test_tables_are_locked_once_their_reader_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_locks, "LOCK_MS", 10)
    monkeypatch.setattr(schema_locks, "PAUSE_SECONDS", 0.01)

    def change() -> None:
        with database.transaction() as connection:
            schema_locks.lock_tables(connection, ["sessions", "client_reports"])

    with database.transaction() as reader:
        reader.execute(READ)
        changing = threading.Thread(target=change)
        changing.start()
        changing.join(0.2)
        assert changing.is_alive()
        with database.transaction() as another:
            another.execute(READ)
    changing.join(30)
    assert not changing.is_alive()


def test_a_reader_that_does_not_end_is_not_waited_for_without_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_locks, "LOCK_MS", 10)
    monkeypatch.setattr(schema_locks, "PATIENCE_SECONDS", 0)
    with database.transaction() as reader:
        reader.execute(READ)
        with database.transaction() as connection, pytest.raises(OperationalError):
            schema_locks.lock_tables(connection, ["client_reports"])


def test_another_fault_is_raised_at_once(database: Database) -> None:
    with database.transaction() as connection, pytest.raises(Exception, match="does not exist"):
        schema_locks.execute(connection, "DROP VIEW nowhere")
