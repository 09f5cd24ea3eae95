"""Ingest counters per minute, added up by the web workers.

A row counts one outcome: `outcome` is accepted, duplicate, conflict, rejected (one report, sample
or event), refused (a whole request), cut or set aside (an accepted report, to the bound of its
session, or since its sender was) or lag (an accepted row, by its delay); `reason` is one of a
bounded set. A worker numbers its flushes, so that a flush that is retried is added once.
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
INSTANCE_RETENTION = timedelta(days=2)

ingest_outcomes = Table(
    "ingest_outcomes",
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

# Rows are inserted in the order of their key, so that two workers cannot deadlock.
ADD = text(
    """
WITH fresh AS (
  INSERT INTO ingest_flushes AS f (instance, number) VALUES (:instance, :number)
  ON CONFLICT (instance) DO UPDATE SET number = excluded.number, flushed_at = now()
  WHERE f.number < excluded.number
  RETURNING 1
)
INSERT INTO ingest_outcomes AS m (minute, source, outcome, reason, count)
SELECT r.minute, r.source, r.outcome, r.reason, r.count
FROM json_to_recordset(CAST(:rows AS json))
  AS r(minute timestamptz, source text, outcome text, reason text, count bigint), fresh
ORDER BY 1, 2, 3, 4
ON CONFLICT (minute, source, outcome, reason) DO UPDATE SET count = m.count + excluded.count
"""
)
TOTALS = text(
    "SELECT source, outcome, reason, sum(count)::bigint AS count FROM ingest_outcomes "
    "WHERE minute >= :start AND minute < :end GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
)
SERIES = text(
    """
SELECT date_bin(:step, minute, :origin) AS t,
       coalesce(sum(count) FILTER (WHERE outcome = 'accepted'), 0)::bigint AS accepted,
       coalesce(sum(count) FILTER (WHERE outcome = 'duplicate'), 0)::bigint AS duplicates,
       coalesce(sum(count) FILTER (WHERE outcome = 'conflict'), 0)::bigint AS conflicts,
       coalesce(sum(count) FILTER (WHERE outcome = 'rejected'), 0)::bigint AS rejected,
       coalesce(sum(count) FILTER (WHERE outcome = 'refused'), 0)::bigint AS refused
FROM ingest_outcomes WHERE minute >= :start AND minute < :end GROUP BY 1 ORDER BY 1
"""
)
FORGET = text(
    "DELETE FROM ingest_outcomes WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM ingest_outcomes WHERE minute < :before LIMIT :most))"
)
FORGET_FLUSHES = text("DELETE FROM ingest_flushes WHERE flushed_at < now() - :retention")


class OutcomeCount(msgspec.Struct, frozen=True):
    """The `count` of one outcome in one minute."""

    minute: datetime
    source: str
    outcome: str
    reason: str
    count: int


class IngestOutcomes:
    """The repository of ingest counters, for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, instance: str, number: int, rows: Sequence[OutcomeCount]) -> None:
        """Add a flush; a repeated one changes nothing. Raises `DatabaseAway`.

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
    cursor = connection.execute(TOTALS, {"start": start, "end": end})
    return [dict(row) for row in cursor.mappings()]


def series(
    connection: Connection, start: datetime, end: datetime, step: timedelta, origin: datetime
) -> Rows:
    """Per step `t`: `accepted`, `duplicates`, `conflicts`, `rejected`, `refused`."""
    values = {"start": start, "end": end, "step": step, "origin": origin}
    return [dict(row) for row in connection.execute(SERIES, values).mappings()]


def forget(database: Database, before: datetime) -> None:
    """Delete older minutes in short transactions, and workers without recent flushes.

    Raises `DatabaseAway`.
    """
    deleted = DELETED_AT_ONCE
    while deleted == DELETED_AT_ONCE:
        with database.transaction() as connection:
            values = {"before": before, "most": DELETED_AT_ONCE}
            deleted = connection.execute(FORGET, values).rowcount
    with database.transaction() as connection:
        connection.execute(FORGET_FLUSHES, {"retention": INSTANCE_RETENTION})
