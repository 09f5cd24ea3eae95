"""What the scheduled jobs did: a row per run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Table,
    Text,
    delete,
    desc,
    func,
    insert,
    select,
    update,
)

from .base import Base
from .database import Database

LONGEST_DETAIL = 2000

job_runs = Table(
    "job_runs",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("job", Text(), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text()),
    Column("detail", Text()),
    Index(None, "job", "started_at"),
    Index(None, "started_at"),
)


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; `outcome` is `done` or `failed`, `None` while it runs or when it was cut off."""

    job: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    detail: str | None


_shown = (
    job_runs.c.job,
    job_runs.c.started_at,
    job_runs.c.finished_at,
    job_runs.c.outcome,
    job_runs.c.detail,
)


class JobRuns:
    """The repository of job runs. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, job: str, now: datetime) -> int:
        """A run begins; its id."""
        statement = insert(job_runs).values(job=job, started_at=now).returning(job_runs.c.id)
        with self._database.transaction() as connection:
            run_id: int = connection.execute(statement).scalar_one()
        return run_id

    def finish(self, run_id: int, outcome: str, detail: str, now: datetime) -> None:
        """A run ends."""
        change = {"outcome": outcome, "detail": detail[:LONGEST_DETAIL], "finished_at": now}
        with self._database.transaction() as connection:
            connection.execute(update(job_runs).where(job_runs.c.id == run_id).values(change))

    def latest(self) -> list[JobRun]:
        """The newest run of each job."""
        newest = select(func.max(job_runs.c.id)).group_by(job_runs.c.job)
        query = select(*_shown).where(job_runs.c.id.in_(newest)).order_by(job_runs.c.job)
        with self._database.transaction() as connection:
            return [JobRun(*row) for row in connection.execute(query)]

    def forget(self, before: datetime, most: int | None = None) -> int:
        """Delete runs started before, and all but the `most` newest of each job; how many."""
        older = job_runs.c.started_at < before
        if most is not None:
            place = func.row_number().over(partition_by=job_runs.c.job, order_by=desc("id"))
            placed = select(job_runs.c.id, place.label("place")).subquery()
            older |= job_runs.c.id.in_(select(placed.c.id).where(placed.c.place > most))
        with self._database.transaction() as connection:
            return connection.execute(delete(job_runs).where(older)).rowcount
