"""Connection tests that admins ran: results, whole as they were made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Uuid, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base
from models.database.engine import Database

MOST_STORED = 500  # the oldest give way

connection_tests = Table(
    "connection_tests",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("result", LargeBinary(), nullable=False),
    Index(None, "started_at"),
)


@dataclass(frozen=True, slots=True)
class StoredTest:
    """A test; `result` is its JSON."""

    id: UUID
    started_at: datetime
    result: bytes


_columns = tuple(connection_tests.c[name] for name in StoredTest.__slots__)


class ConnectionTests:
    """The repository of connection tests. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, test: StoredTest) -> None:
        """Add a test; of more than `MOST_STORED` the oldest are deleted."""
        values = {name: getattr(test, name) for name in StoredTest.__slots__}
        beyond = select(connection_tests.c.id).order_by(connection_tests.c.started_at.desc())
        with self._database.transaction() as connection:
            connection.execute(insert(connection_tests).values(values).on_conflict_do_nothing())
            oldest = delete(connection_tests).where(
                connection_tests.c.id.in_(beyond.offset(MOST_STORED))
            )
            connection.execute(oldest)

    def newest(
        self, limit: int, window: tuple[datetime, datetime] | None = None
    ) -> Sequence[StoredTest]:
        """The newest first; those that started in [start, end)."""
        query = select(*_columns).order_by(connection_tests.c.started_at.desc()).limit(limit)
        if window is not None:
            start, end = window
            query = query.where(
                connection_tests.c.started_at >= start, connection_tests.c.started_at < end
            )
        with self._database.transaction() as connection:
            return [StoredTest(*row) for row in connection.execute(query)]

    def remove(self, test_id: UUID) -> bool:
        """Delete a test; whether there was one."""
        statement = delete(connection_tests).where(connection_tests.c.id == test_id)
        with self._database.transaction() as connection:
            return connection.execute(statement).rowcount > 0

    def forget(self, before: datetime) -> None:
        """Delete tests that started before."""
        statement = delete(connection_tests).where(connection_tests.c.started_at < before)
        with self._database.transaction() as connection:
            connection.execute(statement)

    def count(self) -> int:
        """How many are stored."""
        with self._database.transaction() as connection:
            counting = select(func.count()).select_from(connection_tests)
            return int(connection.execute(counting).scalar_one())
