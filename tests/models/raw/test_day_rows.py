"""The rows of a day for the archive: a checksum of their values, and rows restored as they were."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from models.database.engine import Database
from models.raw import day_rows
from models.raw.day_rows import Checksum, ChecksumMismatch
from tests.support.store.postgres import rows

COLUMNS = {"number": "bigint", "name": "text"}
Pair = tuple[int, str | None]
names = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture
def table(database: Database) -> Iterator[str]:
    """A table of its own; its name needs no quotes."""
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE a_day (number bigint PRIMARY KEY, name text)"))
    yield "a_day"
    with database.transaction() as connection:
        connection.execute(text("DROP TABLE a_day"))


def insert(connection: Connection, pairs: list[Pair]) -> None:
    for number, name in pairs:
        values = {"number": number, "name": name}
        connection.execute(text("INSERT INTO a_day VALUES (:number, :name)"), values)


def checksum_of(database: Database, pairs: list[Pair]) -> Checksum:
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE a_day"))
        insert(connection, pairs)
        return day_rows.checksum(connection, "a_day", COLUMNS)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.integers(0, 99), names, min_size=1, max_size=6))
def test_the_order_of_rows_does_not_matter_but_every_value_does(
    database: Database, table: str, named: dict[int, str | None]
) -> None:
    pairs = list(named.items())
    checksum = checksum_of(database, pairs)
    assert checksum == checksum_of(database, pairs[::-1])
    number, name = pairs[0]
    assert checksum != checksum_of(database, [(number, f"{name}."), *pairs[1:]])


def test_null_an_empty_text_and_a_tilde_differ(database: Database, table: str) -> None:
    sums = {checksum_of(database, [(1, name)]) for name in (None, "", "~", "0:")}
    assert len(sums) == 4


def test_values_do_not_run_into_each_other(database: Database, table: str) -> None:
    assert checksum_of(database, [(1, "1:2")]) != checksum_of(database, [(11, "2")])


def test_a_table_without_rows_has_a_checksum_too(database: Database, table: str) -> None:
    assert checksum_of(database, []) == Checksum(0, 0)


def test_rows_are_read_in_batches_with_their_checksum(database: Database, table: str) -> None:
    expected = checksum_of(database, [(1, "a"), (2, None), (3, "c")])
    with day_rows.read_rows(database, table, COLUMNS, 2) as (checksum, batches):
        assert list(batches) == [[(1, "a"), (2, None)], [(3, "c")]]
    assert checksum == expected


def restore(database: Database, copied: bytes, expected: Checksum) -> int:
    with database.transaction() as connection:
        return day_rows.restore_rows(connection, "a_day", COLUMNS, io.BytesIO(copied), expected)


def test_rows_come_back_beside_those_that_are_there(database: Database, table: str) -> None:
    expected = checksum_of(database, [(1, "a\tb"), (2, None)])
    checksum_of(database, [(2, None), (7, "new")])
    assert restore(database, b"1\ta\\tb\n2\t\\N\n", expected) == 1
    stored = rows(database, "SELECT number, name FROM a_day ORDER BY number")
    assert stored == [(1, "a\tb"), (2, None), (7, "new")]


def test_altered_rows_are_not_restored(database: Database, table: str) -> None:
    expected = checksum_of(database, [(1, "a")])
    checksum_of(database, [])
    altered = {
        b"1\tb\n": "1 rows with the checksum",
        b"": "0 rows with the checksum 0 are there, 1 with",
        b"1\ta\n2\tb\n": "2 rows with",
        b"x\ta\n": "invalid input syntax for type bigint",
        b"1\n": "missing data for column",
    }
    for copied, fault in altered.items():
        with pytest.raises(ChecksumMismatch, match=fault):
            restore(database, copied, expected)
    assert rows(database, "SELECT * FROM a_day") == []


def test_a_source_that_fails_restores_nothing(database: Database, table: str) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise EOFError("the file ended early")

    with (
        pytest.raises(ChecksumMismatch, match="the file ended early"),
        database.transaction() as connection,
    ):
        day_rows.restore_rows(connection, table, COLUMNS, Broken(), Checksum(0, 0))
    database.ping()


def test_every_column_of_the_raw_tables_can_be_archived(database: Database) -> None:
    for name in ("client_reports", "server_samples"):
        columns = day_rows.columns_of(database, name)
        assert columns["period_end"] == "timestamp with time zone"
        assert day_rows.unsupported_types(columns) == []


def test_a_type_without_a_canonical_text_is_named() -> None:
    columns = {"at": "interval", "name": "text"}
    assert day_rows.unsupported_types(columns) == ["at (interval)"]


def test_a_table_that_does_not_exist_has_no_columns(database: Database) -> None:
    assert day_rows.columns_of(database, "nothing_of_this_name") == {}
