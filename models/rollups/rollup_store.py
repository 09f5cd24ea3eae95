"""Storage of cells of any kind: recomputed ones replace those of the same key."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, LargeBinary, Table, text

ROWS_AT_ONCE = 500


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Upsert rows, whose keys are the table's columns; how many."""
    names = [column.name for column in table.columns]
    key = [column.name for column in table.primary_key]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = text(
        f"INSERT INTO {table.name} ({quoted}) SELECT {quoted} "
        f"FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json)) "
        f"ORDER BY {', '.join(key)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
    )
    binary = [c.name for c in table.columns if isinstance(c.type, LargeBinary)]
    encoded = [_plain(row, binary) for row in rows]
    for first in range(0, len(encoded), ROWS_AT_ONCE):
        batch = msgspec.json.encode(encoded[first : first + ROWS_AT_ONCE]).decode("utf-8")
        connection.execute(statement, {"rows": batch})
    return len(encoded)


def clear(connection: Connection, table: Table, start: datetime, end: datetime) -> None:
    """Delete the cells of [start, end)."""
    connection.execute(
        text(f"DELETE FROM {table.name} WHERE t >= :start AND t < :end"),
        {"start": start, "end": end},
    )


def clear_minutes(connection: Connection, table: Table, minutes: Iterable[datetime]) -> None:
    """Delete the cells of these minutes."""
    connection.execute(
        text(f"DELETE FROM {table.name} WHERE t = ANY(:minutes)"), {"minutes": list(minutes)}
    )


def forget(connection: Connection, table: Table, before: datetime) -> int:
    """Delete cells before; how many."""
    statement = text(f"DELETE FROM {table.name} WHERE t < :before")
    return connection.execute(statement, {"before": before}).rowcount


def forget_by_dimension(connection: Connection, table: Table, before: datetime) -> int:
    """Delete cells before that are split by a dimension; how many."""
    statement = text(f"DELETE FROM {table.name} WHERE t < :before AND dimension <> ''")
    return connection.execute(statement, {"before": before}).rowcount


def first_total(connection: Connection, table: str) -> datetime | None:
    """The time of the oldest total in a table of client cells."""
    statement = text(f"SELECT min(t) FROM {table} WHERE dimension = '' AND value = ''")
    oldest: datetime | None = connection.execute(statement).scalar_one()
    return oldest


def first_of(connection: Connection, table: str) -> datetime | None:
    """The time of the oldest cell of a table."""
    oldest: datetime | None = connection.execute(text(f"SELECT min(t) FROM {table}")).scalar_one()
    return oldest


def cells(connection: Connection, table: Table, start: datetime, end: datetime) -> list[Any]:
    """The cells of [start, end), all columns."""
    cursor = connection.execute(
        text(f"SELECT * FROM {table.name} WHERE t >= :start AND t < :end"),
        {"start": start, "end": end},
    )
    return list(cursor.mappings())


def largest_sessions(
    connection: Connection, table: Table, start: datetime, end: datetime
) -> list[Any]:
    """The keys and `largest_sessions` of the totals of [start, end) that have any."""
    cursor = connection.execute(
        text(
            f"SELECT dimension, value, t, app, largest_sessions FROM {table.name} "
            "WHERE t >= :start AND t < :end AND dimension = '' AND largest_sessions IS NOT NULL"
        ),
        {"start": start, "end": end},
    )
    return list(cursor.mappings())


def _plain(row: Mapping[str, Any], binary: Iterable[str]) -> dict[str, Any]:
    return {
        **row,
        **{name: "\\x" + row[name].hex() for name in binary if row[name] is not None},
    }
