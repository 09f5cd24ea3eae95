"""Reports that count for nothing: of sessions whose sender turned out to be out of proportion.

They are moved here from `client_reports`, with their sessions and in one commit, and stay as long
as raw reports, each as JSON of its row.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, PrimaryKeyConstraint, Table, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

DELETED_AT_ONCE = 10_000

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

    def forget(self, before: datetime) -> None:
        """Delete older ones, in short transactions."""
        deleted = DELETED_AT_ONCE
        while deleted == DELETED_AT_ONCE:
            with self._database.transaction() as connection:
                values = {"before": before, "most": DELETED_AT_ONCE}
                deleted = connection.execute(FORGET, values).rowcount
