"""Transactions within a transaction: each is undone alone, and with the outer all of them."""

from sqlalchemy import text

from models.database.engine import Database
from models.database.savepoints import SavepointDatabase
from tests.support.store.postgres import rows

ADD = text("INSERT INTO restored_days (day) VALUES (:day)")
ALL = "SELECT day::text FROM restored_days ORDER BY 1"


def add(database: Database, day: str, *, fails: bool = False) -> None:
    with database.transaction() as connection:
        connection.execute(ADD, {"day": day})
        if fails:
            raise LookupError


def test_what_fails_within_is_undone_alone(database: Database) -> None:
    with database.transaction() as connection:
        inner = SavepointDatabase(connection, database.url)
        add(inner, "2026-03-01")
        try:
            add(inner, "2026-03-02", fails=True)
        except LookupError:
            add(inner, "2026-03-03")
    assert rows(database, ALL) == [("2026-03-01",), ("2026-03-03",)]


def test_with_the_outer_transaction_all_is_undone(database: Database) -> None:
    with database.transaction() as connection:
        add(SavepointDatabase(connection, database.url), "2026-03-01")
        connection.rollback()
    assert rows(database, ALL) == []
