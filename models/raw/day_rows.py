"""The rows of one day as they leave the store and come back: read, summed up, put back.

A day's checksum is the sum over its rows of a number made from each, so their order does not
matter. The number is the first 60 bits of the MD5 of the row's canonical text: for each column the
length of its text, a colon and the text, or `~` for null. `CANONICAL` says what a value's text is.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg2.errors import DataError, QueryCanceled
from sqlalchemy import Connection, text

from models.database.engine import Database

Row = tuple[Any, ...]
Columns = Mapping[str, str]  # name to PostgreSQL's name of its type, in order

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


class Source(Protocol):
    """What COPY reads from: text of at most `size` bytes, empty at the end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows, and the sum of their numbers."""

    rows: int
    total: int


class Changed(Exception):
    """What was to be put back is not what was written away. The text says how they differ."""


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
def reading(
    database: Database, table: str, columns: Columns, batch: int
) -> Iterator[tuple[Checksum, Iterator[list[Row]]]]:
    """The checksum of a table and its rows in batches, of one snapshot. Raises `DatabaseAway`.

    UUIDs and JSON come as text.
    """
    wanted = ", ".join(
        f'"{name}"::text' if kind in _READ_AS_TEXT else f'"{name}"'
        for name, kind in columns.items()
    )
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        summed = checksum(connection, table, columns)
        raw = connection.connection.cursor("rows_of_a_day")
        try:
            raw.execute(f'SELECT {wanted} FROM "{table}"')
            yield summed, iter(lambda: list(raw.fetchmany(batch)), [])
        finally:
            raw.close()


def put_back(
    connection: Connection, table: str, columns: Columns, source: Source, expected: Checksum
) -> int:
    """Add the rows of a COPY text to a table, those that are there already excepted.

    Answers how many were new. Raises `Changed`, with nothing added, when the rows as the database
    understands them have not the expected checksum.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        text(f"CREATE TEMP TABLE coming_back ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0")
    )
    raw = connection.connection.cursor()
    try:
        raw.copy_expert(f"COPY coming_back ({names}) FROM STDIN", source)
    except (DataError, QueryCanceled) as fault:  # what the source raises cancels the COPY
        raise Changed(str(fault).splitlines()[0]) from fault
    raw.close()
    found = checksum(connection, "coming_back", columns)
    if found != expected:
        raise Changed(
            f"{found.rows} rows with the checksum {found.total} are there, "
            f"{expected.rows} with {expected.total} were written away"
        )
    added = connection.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM coming_back ON CONFLICT DO NOTHING"
        )
    ).rowcount
    connection.execute(text("DROP TABLE coming_back"))
    return added


def unknown_types(columns: Columns) -> list[str]:
    """Columns whose values we cannot write away."""
    return [f"{name} ({kind})" for name, kind in columns.items() if kind not in CANONICAL]


def _canonical(columns: Columns) -> str:
    parts: Iterable[tuple[str, str]] = (
        (f'"{name}"', CANONICAL[kind].format(f'"{name}"')) for name, kind in columns.items()
    )
    return " || ".join(
        f"CASE WHEN {name} IS NULL THEN '~' ELSE length({words}) || ':' || {words} END"
        for name, words in parts
    )
