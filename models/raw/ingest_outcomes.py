"""What came in each minute and what became of it, added up by the web workers.

A row counts what had the same fate: `outcome` is accepted, duplicate, rejected (one report, sample
or event), refused (a whole request) or lag (an accepted row, by how late it came); `reason` is one
of a bounded set. A worker numbers its flushes, so that one sent twice is added once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, DateTime, Index, Table, Text, func, text

from models.database.base import Base
from models.database.engine import Database

Rows = list[dict[str, Any]]
DELETED_AT_ONCE = 10_000
INSTANCE_KEPT = timedelta(days=2)

ingest_minutes = Table(
    "ingest_minutes",
    Base.metadata,
    Column("minute", DateTime(timezone=True), primary_key=True),
    *(Column(name, Text(), primary_key=True) for name in ("source", "outcome", "reason")),
    Column("count", BigInteger(), nullable=False),
)

ingest_flushes = Table(
    "ingest_flushes",
    Base.metadata,
    Column("instance", Text(), primary_key=True),
    Column("number", BigInteger(), nullable=False),
    Column("flushed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index(None, "flushed_at"),
)

# Rows go in ordered by key: two workers never wait for each other in a circle.
ADD = text(
    """
WITH fresh AS (
  INSERT INTO ingest_flushes AS f (instance, number) VALUES (:instance, :number)
  ON CONFLICT (instance) DO UPDATE SET number = excluded.number, flushed_at = now()
  WHERE f.number < excluded.number
  RETURNING 1
)
INSERT INTO ingest_minutes AS m (minute, source, outcome, reason, count)
SELECT r.minute, r.source, r.outcome, r.reason, r.count
FROM json_to_recordset(CAST(:rows AS json))
  AS r(minute timestamptz, source text, outcome text, reason text, count bigint), fresh
ORDER BY 1, 2, 3, 4
ON CONFLICT (minute, source, outcome, reason) DO UPDATE SET count = m.count + excluded.count
"""
)
TOTALS = text(
    "SELECT source, outcome, reason, sum(count)::bigint AS count FROM ingest_minutes "
    "WHERE minute >= :start AND minute < :end GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
)
SERIES = text(
    """
SELECT date_bin(:step, minute, :origin) AS t,
       coalesce(sum(count) FILTER (WHERE outcome = 'accepted'), 0)::bigint AS accepted,
       coalesce(sum(count) FILTER (WHERE outcome = 'duplicate'), 0)::bigint AS duplicates,
       coalesce(sum(count) FILTER (WHERE outcome = 'rejected'), 0)::bigint AS rejected,
       coalesce(sum(count) FILTER (WHERE outcome = 'refused'), 0)::bigint AS refused
FROM ingest_minutes WHERE minute >= :start AND minute < :end GROUP BY 1 ORDER BY 1
"""
)
FORGET = text(
    "DELETE FROM ingest_minutes WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM ingest_minutes WHERE minute < :before LIMIT :most))"
)
FORGET_FLUSHES = text("DELETE FROM ingest_flushes WHERE flushed_at < now() - :kept")


class Counted(msgspec.Struct, frozen=True):
    """So many of one fate in one minute."""

    minute: datetime
    source: str
    outcome: str
    reason: str
    count: int


class IngestMinutes:
    """The repository, for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, instance: str, number: int, rows: Sequence[Counted]) -> None:
        """Add a flush, once however often it is sent. Raises `DatabaseAway`.

        `number` grows with each flush of an instance; keys of `rows` are distinct.
        """
        values = {
            "instance": instance,
            "number": number,
            "rows": msgspec.json.encode(rows).decode(),
        }
        with self._database.transaction() as connection:
            connection.execute(ADD, values)


def totals(connection: Connection, start: datetime, end: datetime) -> Rows:
    """`source`, `outcome`, `reason` and their `count` in [start, end), most frequent first."""
    found = connection.execute(TOTALS, {"start": start, "end": end})
    return [dict(row) for row in found.mappings()]


def series(
    connection: Connection, start: datetime, end: datetime, step: timedelta, origin: datetime
) -> Rows:
    """Per step `t`: `accepted`, `duplicates`, `rejected`, `refused`."""
    values = {"start": start, "end": end, "step": step, "origin": origin}
    return [dict(row) for row in connection.execute(SERIES, values).mappings()]


def forget(database: Database, before: datetime) -> None:
    """Delete older minutes in short transactions, and workers that ended. Raises `DatabaseAway`."""
    deleted = DELETED_AT_ONCE
    while deleted == DELETED_AT_ONCE:
        with database.transaction() as connection:
            values = {"before": before, "most": DELETED_AT_ONCE}
            deleted = connection.execute(FORGET, values).rowcount
    with database.transaction() as connection:
        connection.execute(FORGET_FLUSHES, {"kept": INSTANCE_KEPT})
