"""The embedded PostgreSQL: who may enter, who starts and stops it, what is left behind."""

from models.database.engine import Database


def test_database_answers(database: Database) -> None:
    database.ping()
