"""Rows that no job can process: out of their table, each as JSON with the reason.

Which rows those are is tried with the very work that fails, on a temporary table of some of the
rows that hides the table itself: `pg_temp` comes first in the search path (PostgreSQL, "The Schema
Search Path"). Nobody else sees it, or waits for it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database
from models.database.partitions import table_of
from models.database.savepoints import SavepointDatabase
from models.metrics.intervals import Interval

MOST_LISTED = 200
MARKS = {"client_reports": "reports", "server_samples": "samples"}

quarantined_rows = Table(
    "quarantined_rows",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("source", Text(), nullable=False),
    Column("period_end", DateTime(timezone=True), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("set_aside_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("data", JSONB(), nullable=False),
)

SUSPECTS = (
    "CREATE TEMP TABLE suspects ON COMMIT DROP AS SELECT "
    "row_number() OVER (ORDER BY period_end) AS position, r AS content "
    'FROM "{table}" AS r WHERE period_end >= :start AND period_end < :end'
)
SHADOW = (
    'CREATE TEMP TABLE "{table}" ON COMMIT DROP AS SELECT (content).* FROM suspects '
    "WHERE position <= :until AND position <> ALL(:without)"
)
# Cells made of a row that leaves are made again.
MOVE = """
WITH odd AS (
  SELECT s.content, named.reason FROM suspects AS s
  JOIN unnest(CAST(:positions AS bigint[]), CAST(:reasons AS text[])) AS named (position, reason)
  USING (position)
), removed AS (
  DELETE FROM "{table}" AS r USING odd
  WHERE r.period_end = (odd.content).period_end AND to_jsonb(r) = to_jsonb(odd.content)
  RETURNING r.period_end, odd.reason, to_jsonb(r) AS data
), marked AS (
  INSERT INTO dirty_minutes (source, minute)
  SELECT DISTINCT CAST(:mark AS text), date_trunc('minute', period_end, 'UTC') FROM removed
  WHERE CAST(:mark AS text) IS NOT NULL
)
INSERT INTO quarantined_rows (source, period_end, reason, data)
SELECT :source, period_end, reason, data FROM removed
"""
LISTED = text(
    "SELECT source, period_end, reason, set_aside_at FROM quarantined_rows "
    "ORDER BY id DESC LIMIT :most"
)
FORGET = text("DELETE FROM quarantined_rows WHERE set_aside_at < :before")


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row of the table `source` whose period ended at an instant, and why it was set aside."""

    source: str
    period_end: datetime
    reason: str
    set_aside_at: datetime


class Suspects:
    """The rows of an interval of a table, numbered from 1 on by time, in one transaction."""

    def __init__(self, connection: Connection, database: Database, table: str, rows: int) -> None:
        self.connection = connection
        self._database = database
        self._table = table
        self.rows = rows

    @contextmanager
    def alone(self, until: int, without: Sequence[int]) -> Iterator[Database]:
        """A database whose table holds the rows up to number `until`, but for those `without`.
        What is done with it is undone at the end of the block."""
        savepoint = self.connection.begin_nested()
        try:
            self.connection.execute(
                text(SHADOW.format(table=self._table)), {"until": until, "without": list(without)}
            )
            yield SavepointDatabase(self.connection, self._database.url)
        finally:
            savepoint.rollback()

    def move(self, reasons: dict[int, str]) -> int:
        """Set rows aside, by their number with the reason; how many."""
        source = table_of(self._table)
        values = {
            "positions": list(reasons), "reasons": list(reasons.values()), "source": source,
            "mark": MARKS.get(self._table),
        }  # fmt: skip
        return self.connection.execute(text(MOVE.format(table=self._table)), values).rowcount


@contextmanager
def suspects(database: Database, table: str, interval: Interval) -> Iterator[Suspects]:
    """The rows of a table, or of a detached day, whose period ended in an interval. Rows that come
    meanwhile are not among them. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        start, end = interval
        count = connection.execute(
            text(SUSPECTS.format(table=table)), {"start": start, "end": end}
        ).rowcount
        yield Suspects(connection, database, table, count)


def listed(database: Database, most: int = MOST_LISTED) -> list[QuarantinedRow]:
    """Those set aside last. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        return [QuarantinedRow(*row) for row in connection.execute(LISTED, {"most": most})]


def forget(database: Database, before: datetime) -> None:
    """Delete those set aside earlier. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(FORGET, {"before": before})
