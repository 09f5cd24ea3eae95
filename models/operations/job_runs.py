"""The runs of scheduled jobs, a row each.

A run claims its slot (the start of the interval it is due in) before it acts, so a second process
cannot run the same slot.
"""

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
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base
from models.database.engine import Database
from models.database.leases import Lease

LONGEST_DETAIL = 2000

job_runs = Table(
    "job_runs",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("job", Text(), nullable=False),
    Column("slot", DateTime(timezone=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text()),
    Column("detail", Text()),
    Index(None, "job", "started_at"),
    Index(None, "started_at"),
    Index(None, "job", "slot", unique=True),
)


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; `outcome` is `done` or `failed`, `None` while it runs or when it was interrupted."""

    job: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    detail: str | None


_columns = (
    job_runs.c.job,
    job_runs.c.started_at,
    job_runs.c.finished_at,
    job_runs.c.outcome,
    job_runs.c.detail,
)
CUT_OFF_DETAIL = "cut off: the scheduler ended, or the database was away"
CUT_OFF = text(
    "UPDATE job_runs SET outcome = 'failed', finished_at = :now, detail = :detail, slot = NULL "
    "WHERE outcome IS NULL AND id = "
    "(SELECT id FROM job_runs WHERE job = :job ORDER BY started_at DESC, id DESC LIMIT 1)"
)


class JobRuns:
    """The repository of job runs. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self, job: str, now: datetime, slot: datetime | None, lease: Lease, latest: datetime
    ) -> int | None:
        """Begin a run; its id, `None` when the slot is claimed. One without a slot claims none.
        Raises `LeaseLost`.

        A job has no two runs at a time, so one that did not end was cut off with its process, or
        from the database: it failed, and its slot is free again.

        Runs that started after `latest`, one interval from now, were recorded before the clock was
        set back. They are removed: their slots come again.
        """
        of_future = (job_runs.c.job == job) & (job_runs.c.started_at > latest)
        statement = (
            insert(job_runs)
            .values(job=job, started_at=now, slot=slot)
            .on_conflict_do_nothing(index_elements=["job", "slot"])
            .returning(job_runs.c.id)
        )
        with self._database.transaction() as connection:
            lease.confirm(connection)
            connection.execute(delete(job_runs).where(of_future))
            connection.execute(CUT_OFF, {"job": job, "now": now, "detail": CUT_OFF_DETAIL})
            return connection.execute(statement).scalar_one_or_none()

    def finish(
        self, run_id: int, outcome: str, detail: str, now: datetime, *, frees_slot: bool = False
    ) -> None:
        """End a run; with `frees_slot` its slot may be claimed again."""
        change: dict[str, object] = {
            "outcome": outcome,
            "detail": detail[:LONGEST_DETAIL],
            "finished_at": now,
        }
        change |= {"slot": None} if frees_slot else {}
        with self._database.transaction() as connection:
            connection.execute(update(job_runs).where(job_runs.c.id == run_id).values(change))

    def latest(self) -> list[JobRun]:
        """The newest run of each job."""
        newest = select(func.max(job_runs.c.id)).group_by(job_runs.c.job)
        query = select(*_columns).where(job_runs.c.id.in_(newest)).order_by(job_runs.c.job)
        with self._database.transaction() as connection:
            return [JobRun(*row) for row in connection.execute(query)]

    def forget(self, before: datetime, done_before: datetime) -> int:
        """Delete runs started before `before`, successful ones before `done_before`; how many."""
        old = job_runs.c.started_at < before
        done = (job_runs.c.started_at < done_before) & (job_runs.c.outcome == "done")
        newest = select(func.max(job_runs.c.id)).group_by(job_runs.c.job)
        with self._database.transaction() as connection:
            return connection.execute(
                delete(job_runs).where((old | done) & job_runs.c.id.not_in(newest))
            ).rowcount
