"""Minutes with rows that are not rolled up yet, marked in the same commit as the insert.

Writers only insert marks, and the rollup deletes by id those it has processed, so no writer waits
for another, and a mark that is inserted meanwhile is not lost: it is a row of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, DateTime, Identity, Index, Table, Text, text

from models.database.base import Base
from models.database.engine import Database

REPORTS, SESSIONS, SAMPLES = "reports", "sessions", "samples"
MOST_AT_ONCE = 200_000

dirty_minutes = Table(
    "dirty_minutes",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("source", Text(), nullable=False),
    Column("minute", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index(None, "source", "minute"),
)


@dataclass(frozen=True, slots=True)
class DirtyMark:
    """One mark: `minute` is the start of the changed minute, `at` when it was marked."""

    id: int
    minute: datetime
    at: datetime


def marks(
    connection: Connection, sources: Collection[str], start: datetime, end: datetime
) -> list[DirtyMark]:
    """The marks of minutes in [start, end), oldest minute first, at most `MOST_AT_ONCE`."""
    query = text(
        "SELECT id, minute, at FROM dirty_minutes WHERE source = ANY(:sources) "
        "AND minute >= :start AND minute < :end ORDER BY minute, id LIMIT :most"
    )
    values = {"sources": list(sources), "start": start, "end": end, "most": MOST_AT_ONCE}
    return [DirtyMark(*row) for row in connection.execute(query, values)]


def minutes(connection: Connection, source: str, start: datetime, end: datetime) -> list[datetime]:
    """The dirty minutes of [start, end), in order."""
    query = text(
        "SELECT DISTINCT minute FROM dirty_minutes "
        "WHERE source = :source AND minute >= :start AND minute < :end ORDER BY 1"
    )
    values = {"source": source, "start": start, "end": end}
    return [row[0] for row in connection.execute(query, values)]


def oldest_mark(
    connection: Connection, sources: Collection[str], start: datetime, end: datetime
) -> datetime | None:
    """When the oldest mark of minutes in [start, end) was made."""
    query = text(
        "SELECT min(at) FROM dirty_minutes "
        "WHERE source = ANY(:sources) AND minute >= :start AND minute < :end"
    )
    values = {"sources": list(sources), "start": start, "end": end}
    oldest: datetime | None = connection.execute(query, values).scalar_one()
    return oldest


def waiting_since(database: Database) -> datetime | None:
    """When the oldest of all marks was made. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        oldest: datetime | None = connection.execute(
            text("SELECT min(at) FROM dirty_minutes")
        ).scalar_one()
    return oldest


def mark_dirty(connection: Connection, source: str, table: str, since: datetime) -> None:
    """Mark every minute from `since` on that has rows in `table`."""
    query = text(
        "INSERT INTO dirty_minutes (source, minute) SELECT DISTINCT :source, "
        f"date_trunc('minute', period_end, 'UTC') FROM {table} WHERE period_end >= :since"
    )
    connection.execute(query, {"source": source, "since": since})


def clear(connection: Connection, ids: Sequence[int]) -> None:
    """Delete marks whose minutes are rolled up in the same commit."""
    if ids:
        connection.execute(
            text("DELETE FROM dirty_minutes WHERE id = ANY(:ids)"), {"ids": list(ids)}
        )
