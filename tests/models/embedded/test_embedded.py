"""The embedded PostgreSQL answers."""

from models.database.engine import Database


def test_database_answers(database: Database) -> None:
    database.ping()
