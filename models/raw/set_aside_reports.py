"""Reports that count for nothing: of sessions whose sender turned out to be out of proportion.

They are moved here from `client_reports`, with their sessions and in one commit, and stay as long
as raw reports, each as JSON of its row, by which they can be stored again as if they came now.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, PrimaryKeyConstraint, Table, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from models.database import partitions
from models.database.base import Base
from models.database.engine import Database

from .report_insert import INSERT

DELETED_AT_ONCE = 10_000
RESTORED_AT_ONCE = 1_000

set_aside_reports = Table(
    "set_aside_reports",
    Base.metadata,
    Column("session_id", Uuid(), nullable=False),
    Column("report_id", Uuid(), nullable=False),
    Column("period_end", DateTime(timezone=True), nullable=False),
    Column("set_aside_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("report", JSONB(), nullable=False),
    PrimaryKeyConstraint("session_id", "report_id", "period_end"),
    Index(None, "period_end"),
)

# Minutes that lose reports or starts of sessions are dirty, so their cells are made again.
MOVE = text(
    """
WITH moved AS (
  DELETE FROM client_reports AS r WHERE session_id = ANY(CAST(:sessions AS uuid[]))
  RETURNING session_id, report_id, period_end, to_jsonb(r) AS report
), stored AS (
  INSERT INTO set_aside_reports (session_id, report_id, period_end, report)
  SELECT session_id, report_id, period_end, report FROM moved ON CONFLICT DO NOTHING
), ended AS (
  DELETE FROM sessions WHERE session_id = ANY(CAST(:sessions AS uuid[])) RETURNING first_seen
), marked AS (
  INSERT INTO dirty_minutes (source, minute)
  SELECT DISTINCT 'reports', date_trunc('minute', period_end, 'UTC') FROM moved
  UNION ALL
  SELECT DISTINCT 'sessions', date_trunc('minute', first_seen, 'UTC') FROM ended
)
SELECT count(*) FROM moved
"""
)
FORGET = text(
    "DELETE FROM set_aside_reports WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM set_aside_reports WHERE period_end < :before LIMIT :most))"
)
DAYS = text(
    "SELECT DISTINCT CAST(period_end AT TIME ZONE 'UTC' AS date) FROM set_aside_reports "
    "WHERE period_end >= :start AND period_end < :end"
)
TAKE = text(
    "DELETE FROM set_aside_reports WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM set_aside_reports WHERE period_end >= :start AND period_end < :end "
    "ORDER BY session_id, report_id LIMIT :most)) RETURNING CAST(report AS text)"
)
BY_HOUR = text(
    "SELECT date_trunc('hour', period_end, 'UTC') AS hour, count(*), count(DISTINCT session_id) "
    "FROM set_aside_reports GROUP BY 1 ORDER BY 1"
)


class SetAsideReports:
    """The repository of reports that count for nothing. Methods raise `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, sessions: Sequence[UUID]) -> int:
        """Set the stored reports of these sessions aside; how many."""
        with self._database.transaction() as connection:
            moved: int = connection.execute(
                MOVE, {"sessions": [str(session) for session in sessions]}
            ).scalar_one()
        return moved

    def restore(self, start: datetime, end: datetime) -> int:
        """Store those of periods that end in [start, end) again, with their sessions, in short
        transactions; how many. Their minutes are dirty, so that cells count them."""
        values = {"start": start, "end": end, "most": RESTORED_AT_ONCE}
        with self._database.transaction() as connection:
            days = list(connection.execute(DAYS, values).scalars())
        partitions.ensure(self._database, "client_reports", days)
        restored, taken = 0, ["all"]
        while taken:
            with self._database.transaction() as connection:
                taken = list(connection.execute(TAKE, values).scalars())
                rows = {"rows": f"[{','.join(taken)}]", "batch_size": 0}
                restored += connection.execute(INSERT, rows).one().stored
        return restored

    def by_hour(self) -> list[tuple[datetime, int, int]]:
        """(hour of UTC, reports, sessions) of all, ascending."""
        with self._database.transaction() as connection:
            return [tuple(row) for row in connection.execute(BY_HOUR)]

    def forget(self, before: datetime) -> None:
        """Delete older ones, in short transactions."""
        deleted = DELETED_AT_ONCE
        while deleted == DELETED_AT_ONCE:
            with self._database.transaction() as connection:
                values = {"before": before, "most": DELETED_AT_ONCE}
                deleted = connection.execute(FORGET, values).rowcount
