"""Erasing a session: every row that names it. Sums of rollups stay, as they name no session.

What only the scheduler reaches, files of the archive and days that are on their way into it, is
noted in `session_erasures` until it was searched too.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Table, Uuid, select, text
from sqlalchemy.dialects.postgresql import insert

from models.database import partitions
from models.database.base import Base
from models.database.engine import Database
from models.database.partitions import DetachedDay

session_erasures = Table(
    "session_erasures",
    Base.metadata,
    Column("session_id", Uuid(), primary_key=True),
    Column("requested_at", DateTime(timezone=True), nullable=False),
)

# In the order of inserts of reports: the session's row last.
_DELETES = {
    "connection_ends": text("DELETE FROM connection_ends WHERE session_id = :id"),
    "client_reports": text("DELETE FROM client_reports WHERE session_id = :id"),
    "set_aside_reports": text("DELETE FROM set_aside_reports WHERE session_id = :id"),
    "quarantined_rows": text(
        "DELETE FROM quarantined_rows WHERE source = 'client_reports' "
        "AND data ->> 'session_id' = CAST(CAST(:id AS uuid) AS text)"
    ),
    "session_summaries": text("DELETE FROM session_summaries WHERE session_id = :id"),
    "sessions": text("DELETE FROM sessions WHERE session_id = :id"),
}
_EXPORTS = text("DELETE FROM exports WHERE dataset = ANY(CAST(:datasets AS text[]))")
_DONE = text(
    "DELETE FROM session_erasures WHERE session_id = ANY(CAST(:ids AS uuid[])) "
    "AND requested_at <= :until"
)


class SessionErasures:
    """The repository of erasures. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(
        self, session_id: UUID, exported: Collection[str], now: datetime
    ) -> Mapping[str, int]:
        """Delete the session in one transaction, note it for the archive, and drop prepared files
        of the datasets `exported`, which name sessions. How many rows went, by table."""
        note = insert(session_erasures).values(session_id=session_id, requested_at=now)
        again = note.on_conflict_do_update(
            index_elements=["session_id"], set_={"requested_at": now}
        )
        with self._database.transaction() as connection:
            removed = _delete(connection, session_id)
            if any(removed.values()):
                dropped = connection.execute(_EXPORTS, {"datasets": list(exported)}).rowcount
                removed["exports"] = dropped
            connection.execute(again)
        return removed

    def pending(self) -> list[UUID]:
        """Sessions that the archive was not searched for yet."""
        query = select(session_erasures.c.session_id).order_by("session_id")
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def erase_again(self, sessions: Collection[UUID]) -> None:
        """Delete what came back, or was detached, since it was asked for."""
        detached = partitions.detached(self._database, "client_reports")
        for session_id in sessions:
            with self._database.transaction() as connection:
                _delete(connection, session_id)
                for day in detached:
                    _delete_of_day(connection, day, session_id)

    def done(self, sessions: Collection[UUID], until: datetime) -> None:
        """Forget those that were asked for until then."""
        values = {"ids": [str(session) for session in sessions], "until": until}
        with self._database.transaction() as connection:
            connection.execute(_DONE, values)


def _delete(connection: Connection, session_id: UUID) -> dict[str, int]:
    return {
        table: connection.execute(statement, {"id": session_id}).rowcount
        for table, statement in _DELETES.items()
    }


def _delete_of_day(connection: Connection, day: DetachedDay, session_id: UUID) -> None:
    statement = text(f'DELETE FROM "{day.name}" WHERE session_id = :id')
    connection.execute(statement, {"id": session_id})
