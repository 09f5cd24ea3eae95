"""Which minutes got new rows since they were last rolled up, written in the insert's own commit.

Rows are only ever added by writers and deleted one by one by whoever has rolled them up, so no
writer waits for another and a row that comes in meanwhile is never lost: it is a row of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, DateTime, Identity, Index, Table, Text, text

from models.database.base import Base
from models.database.engine import Database

REPORTS, SESSIONS, SAMPLES = "reports", "sessions", "samples"
MOST_AT_ONCE = 200_000

touched = Table(
    "touched",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("source", Text(), nullable=False),
    Column("minute", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index(None, "source", "minute"),
)


@dataclass(frozen=True, slots=True)
class Touch:
    """One mark: `minute` starts the minute that changed, `at` is when."""

    id: int
    minute: datetime
    at: datetime


def marks(
    connection: Connection, sources: Collection[str], start: datetime, end: datetime
) -> list[Touch]:
    """The marks within [start, end), oldest minute first, at most `MOST_AT_ONCE`."""
    query = text(
        "SELECT id, minute, at FROM touched WHERE source = ANY(:sources) "
        "AND minute >= :start AND minute < :end ORDER BY minute, id LIMIT :most"
    )
    values = {"sources": list(sources), "start": start, "end": end, "most": MOST_AT_ONCE}
    return [Touch(*row) for row in connection.execute(query, values)]


def minutes(connection: Connection, source: str, start: datetime, end: datetime) -> list[datetime]:
    """The changed minutes of [start, end), in order."""
    query = text(
        "SELECT DISTINCT minute FROM touched "
        "WHERE source = :source AND minute >= :start AND minute < :end ORDER BY 1"
    )
    values = {"source": source, "start": start, "end": end}
    return [row[0] for row in connection.execute(query, values)]


def oldest_mark(
    connection: Connection, sources: Collection[str], start: datetime, end: datetime
) -> datetime | None:
    """When the oldest change within [start, end) was made that is not rolled up yet."""
    query = text(
        "SELECT min(at) FROM touched "
        "WHERE source = ANY(:sources) AND minute >= :start AND minute < :end"
    )
    values = {"sources": list(sources), "start": start, "end": end}
    oldest: datetime | None = connection.execute(query, values).scalar_one()
    return oldest


def waiting_since(database: Database) -> datetime | None:
    """When the oldest change was made that is not rolled up. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        found: datetime | None = connection.execute(
            text("SELECT min(at) FROM touched")
        ).scalar_one()
    return found


def mark_again(connection: Connection, source: str, table: str, since: datetime) -> None:
    """Mark every minute from `since` on that has rows in `table`."""
    query = text(
        "INSERT INTO touched (source, minute) SELECT DISTINCT :source, "
        f"date_trunc('minute', period_end, 'UTC') FROM {table} WHERE period_end >= :since"
    )
    connection.execute(query, {"source": source, "since": since})


def clear(connection: Connection, ids: Sequence[int]) -> None:
    """Delete these marks: what they stand for is rolled up in the same commit."""
    if ids:
        connection.execute(text("DELETE FROM touched WHERE id = ANY(:ids)"), {"ids": list(ids)})
