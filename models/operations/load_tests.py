"""Load tests: reports of runs, whole as they were sent, with the columns that lists show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base
from models.database.engine import Database

MOST_LOAD_TESTS = 2000
LOCK = 5_726_027  # taken while runs are counted and added

load_tests = Table(
    "load_tests",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    Column("stored_by", Text(), nullable=False),
    Column("summary", LargeBinary(), nullable=False),
    Column("report", LargeBinary(), nullable=False),
    Index(None, "started_at"),
)


class TooManyLoadTests(Exception):
    """There are `MOST_LOAD_TESTS` already."""


@dataclass(frozen=True, slots=True)
class StoredLoadTest:
    """A run. `summary` is the JSON of what lists show, `report` the JSON of all of it."""

    id: UUID
    started_at: datetime
    ended_at: datetime
    stored_at: datetime
    stored_by: str
    summary: bytes
    report: bytes


_columns = tuple(load_tests.c[name] for name in StoredLoadTest.__slots__)
_listed: tuple[ColumnElement[Any], ...] = (*_columns[:-1], literal(b""))


class LoadTests:
    """The repository of load tests. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: StoredLoadTest) -> StoredLoadTest:
        """Add a run; returns the stored one of this id, which stays when it is there already.
        Raises `TooManyLoadTests`."""
        values = {name: getattr(run, name) for name in StoredLoadTest.__slots__}
        of_id = select(*_columns).where(load_tests.c.id == run.id)
        with self._database.transaction() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            stored = connection.execute(of_id).one_or_none()
            if stored is not None:
                return StoredLoadTest(*stored)
            counting = select(func.count()).select_from(load_tests)
            if connection.execute(counting).scalar_one() >= MOST_LOAD_TESTS:
                raise TooManyLoadTests
            connection.execute(insert(load_tests).values(values))
        return run

    def report(self, run_id: UUID) -> bytes | None:
        """The JSON of a run; `None`: no such run."""
        query = select(load_tests.c.report).where(load_tests.c.id == run_id)
        with self._database.transaction() as connection:
            report: bytes | None = connection.execute(query).scalar_one_or_none()
        return report

    def newest(
        self, limit: int, window: tuple[datetime, datetime] | None = None
    ) -> Sequence[StoredLoadTest]:
        """Runs without their reports, the newest first; those that overlap [start, end)."""
        query = select(*_listed).order_by(load_tests.c.started_at.desc(), load_tests.c.id)
        if window is not None:
            start, end = window
            query = query.where(load_tests.c.started_at < end, load_tests.c.ended_at > start)
        with self._database.transaction() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return [StoredLoadTest(*row) for row in rows]

    def revise(self, revised: Callable[[UUID, bytes], bytes | None]) -> None:
        """Write the summaries that `revised(id, summary)` makes anew, all or none; of two at once
        the second reads what the first wrote."""
        summaries = select(load_tests.c.id, load_tests.c.summary)
        with self._database.transaction() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            for run_id, summary in connection.execute(summaries).all():
                changed = revised(run_id, summary)
                if changed is not None:
                    of_id = update(load_tests).where(load_tests.c.id == run_id)
                    connection.execute(of_id.values(summary=changed))

    def remove(self, run_id: UUID) -> bool:
        """Delete a run; whether there was one."""
        statement = delete(load_tests).where(load_tests.c.id == run_id)
        with self._database.transaction() as connection:
            return connection.execute(statement).rowcount > 0

    def forget(self, before: datetime) -> None:
        """Delete runs that ended before."""
        with self._database.transaction() as connection:
            connection.execute(delete(load_tests).where(load_tests.c.ended_at < before))
