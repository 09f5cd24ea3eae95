"""Sizes of tables and their days on disk, with estimates of their rows."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from models.database import partitions
from models.database.engine import Database
from models.operations.storage_queries import RelationSize, database_bytes, sizes
from models.raw.report_insert import ClientReports
from tests.support.store.report_factory import report

DAY = date(2026, 3, 2)
AWAY = date(2021, 1, 1)


@pytest.fixture
def detached(database: Database) -> Iterator[str]:
    """A day that is set aside."""
    partitions.ensure(database, "client_reports", [AWAY])
    partitions.detach(database, "client_reports", AWAY)
    yield partitions.partition_name("client_reports", AWAY)
    for name in partitions.detached(database, "client_reports"):
        partitions.drop(database, name)


def relations(database: Database) -> list[RelationSize]:
    with database.transaction() as connection:
        return sizes(connection)


def test_a_day_with_reports_has_bytes_and_rows(database: Database) -> None:
    ClientReports(database).insert([report() for _ in range(3)])
    with database.autocommit() as connection:
        connection.execute(text("ANALYZE client_reports"))
    attached = ("client_reports", DAY, False)
    (day,) = [r for r in relations(database) if (r.table, r.day, r.is_leaving) == attached]
    assert (day.rows, day.is_empty) == (3, False)
    assert day.size_bytes > 8192


def test_a_plain_table_has_no_day(database: Database) -> None:
    (accounts,) = [r for r in relations(database) if r.table == "accounts"]
    assert (accounts.day, accounts.is_empty, accounts.is_leaving) == (None, True, False)
    assert accounts.rows >= 0


def test_a_detached_day_is_leaving(database: Database, detached: str) -> None:
    days = [r for r in relations(database) if r.day == AWAY]
    assert [(r.table, r.is_leaving) for r in days] == [("client_reports", True)]


def test_parents_of_partitions_are_not_counted_twice(database: Database) -> None:
    ClientReports(database).insert([report()])
    reports = [r for r in relations(database) if r.table == "client_reports"]
    assert all(r.day is not None for r in reports)


def test_the_database_is_larger_than_its_tables(database: Database) -> None:
    with database.transaction() as connection:
        assert database_bytes(connection) > sum(r.size_bytes for r in sizes(connection)) > 0
