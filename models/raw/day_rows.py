"""The rows of one day for the archive: read with a checksum, and restored.

A day's checksum is the sum of a hash of each row, so the order of rows does not matter. The hash is
the first 60 bits of the MD5 of the row's canonical text: for each column the length of its text, a
colon and the text, or `~` for null. `CANONICAL` is the SQL for the text of a value by type.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg2.errors import DataError, QueryCanceled
from sqlalchemy import Connection, text

from models.database.engine import Database

Row = tuple[Any, ...]
Columns = Mapping[str, str]  # name to type, as PostgreSQL names it, in order

CANONICAL = {
    "uuid": "{0}::text",
    "text": "{0}",
    "jsonb": "{0}::text",
    "boolean": "{0}::int::text",
    "integer": "{0}::text",
    "bigint": "{0}::text",
    "double precision": "encode(float8send({0}), 'hex')",
    "timestamp with time zone": "(extract(epoch FROM {0}) * 1000000)::bigint::text",
    "bytea": "encode({0}, 'hex')",
    "integer[]": "array_to_string({0}, ',')",
}
_READ_AS_TEXT = frozenset({"uuid", "jsonb"})


class TextSource(Protocol):
    """A source for COPY: text of at most `size` bytes, empty at the end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Checksum:
    """Number of rows, and the sum of their hashes."""

    rows: int
    total: int


class ChecksumMismatch(Exception):
    """Rows to restore differ from the archived ones. The text says how."""


def columns_of(database: Database, table: str) -> dict[str, str]:
    """The columns of a table with their types, in order. Raises `DatabaseAway`."""
    query = text(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    with database.transaction() as connection:
        return {str(name): str(kind) for name, kind in connection.execute(query, {"table": table})}


def checksum(connection: Connection, table: str, columns: Columns) -> Checksum:
    """The checksum of all rows of `table` over these columns."""
    rows, total = connection.execute(
        text(
            f"SELECT count(*), coalesce(sum(('x' || substr(md5({_canonical(columns)}), 1, 15))"
            f'::bit(60)::bigint), 0)::text FROM "{table}"'
        )
    ).one()
    return Checksum(rows, int(total))


@contextmanager
def read_rows(
    database: Database, table: str, columns: Columns, batch: int
) -> Iterator[tuple[Checksum, Iterator[list[Row]]]]:
    """The checksum of a table and its rows in batches, of one snapshot. Raises `DatabaseAway`.

    UUIDs and JSON come as text.
    """
    selected = ", ".join(
        f'"{name}"::text' if kind in _READ_AS_TEXT else f'"{name}"'
        for name, kind in columns.items()
    )
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        summed = checksum(connection, table, columns)
        raw = connection.connection.cursor("rows_of_a_day")
        try:
            raw.execute(f'SELECT {selected} FROM "{table}"')
            yield summed, iter(lambda: list(raw.fetchmany(batch)), [])
        finally:
            raw.close()


def restore_rows(
    connection: Connection, table: str, columns: Columns, source: TextSource, expected: Checksum
) -> int:
    """Insert the rows of a COPY text into a table, except those that are there already.

    Answers the number of inserted rows. Raises `ChecksumMismatch`, with nothing inserted, when the
    rows as the database parses them have another checksum.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        text(f"CREATE TEMP TABLE coming_back ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0")
    )
    raw = connection.connection.cursor()
    try:
        raw.copy_expert(f"COPY coming_back ({names}) FROM STDIN", source)
    except (DataError, QueryCanceled) as fault:  # an exception of the source cancels the COPY
        raise ChecksumMismatch(str(fault).splitlines()[0]) from fault
    raw.close()
    actual = checksum(connection, "coming_back", columns)
    if actual != expected:
        raise ChecksumMismatch(
            f"{actual.rows} rows with the checksum {actual.total} are there, "
            f"{expected.rows} with {expected.total} were written away"
        )
    added = connection.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM coming_back ON CONFLICT DO NOTHING"
        )
    ).rowcount
    connection.execute(text("DROP TABLE coming_back"))
    return added


def unsupported_types(columns: Columns) -> list[str]:
    """Columns of a type that cannot be archived."""
    return [f"{name} ({kind})" for name, kind in columns.items() if kind not in CANONICAL]


def _canonical(columns: Columns) -> str:
    parts: Iterable[tuple[str, str]] = (
        (f'"{name}"', CANONICAL[kind].format(f'"{name}"')) for name, kind in columns.items()
    )
    return " || ".join(
        f"CASE WHEN {name} IS NULL THEN '~' ELSE length({value}) || ':' || {value} END"
        for name, value in parts
    )
