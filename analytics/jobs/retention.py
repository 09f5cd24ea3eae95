"""Forgets what has been kept long enough: whole days of reports, then what belongs to them.

A day is set aside, written to the archive when there is one, and dropped, before the next day's
turn comes: a run that was cut off leaves one day half done, which the next run finishes first.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from analytics.archive.fault import NotArchived
from analytics.rollups import rollup_retention
from models.alerts.deliveries import Deliveries
from models.database import partitions
from models.database.partitions import PARTITIONED, Detached, PartitionBusy
from models.operations.job_runs import JobRuns
from models.people.accounts import Accounts
from models.people.login_attempts import LoginAttempts
from models.raw import ingest_outcomes, restored_days, sessions
from models.raw.events import Events
from models.raw.sample_insert import ServerSamples
from models.rollups import dirty_minutes, rollup_state

from .job import JobContext

ATTEMPTS_KEPT = timedelta(days=1)
RUNS_KEPT = timedelta(days=30)
MESSAGES_KEPT = timedelta(days=30)
DONE_RUNS_KEPT = timedelta(hours=6)  # some jobs run every few seconds
SILENT_WORKERS_KEPT = timedelta(days=1)
SOURCES = {"client_reports": dirty_minutes.REPORTS, "server_samples": dirty_minutes.SAMPLES}


class Incomplete(Exception):
    """Some days could not be dropped yet. The text says which and why."""


def step(around: JobContext) -> str:
    """Drop the days before the first one kept, delete sessions and notes as old.

    Raises `Incomplete` when all else is done.
    """
    now = around.now().astimezone(UTC)
    _confirm(around)
    first_kept = now - timedelta(days=around.settings.websocket_metrics_retention_days)
    said, faults = [], []
    for table in PARTITIONED:
        try:
            said += list(_leave(around, table, first_kept.date()))
        except (NotArchived, PartitionBusy) as fault:
            faults.append(str(fault))
    gone = sessions.forget(around.database, first_kept)
    _forget_history(around, now)
    _forget_notes(around, now, first_kept)
    if faults:
        raise Incomplete("; ".join(faults))
    return f"{', '.join(said) or 'dropped no day'}, forgot {gone} sessions"


def _leave(around: JobContext, table: str, first_kept: date) -> Iterator[str]:
    """Let the days before `first_kept` leave one by one, what was begun first.

    A day that rollups have begun to follow but not reached stays until it is in them.
    """
    yield from _finish(around, table)
    settled = _settled(around, table)
    before = first_kept if settled is None else min(first_kept, settled)
    for day in partitions.days_before(around.database, table, before):
        with partitions.one_at_a_time(around.database):
            if day in restored_days.all_of_them(around.database):
                continue
            _confirm(around)
            partitions.set_aside(around.database, table, day)
        yield from _finish(around, table)


def _settled(around: JobContext, table: str) -> date | None:
    """The first day whose hours are not all rolled up; `None` while nothing is."""
    with around.database.transaction() as connection:
        until = rollup_state.settled(connection, SOURCES[table])
    return None if until is None else until.astimezone(UTC).date()


def _finish(around: JobContext, table: str) -> Iterator[str]:
    for gone in partitions.detached(around.database, table):
        _archive_and_drop(around, gone)
        yield f"dropped {partitions.partition_name(table, gone.day)}"


def _archive_and_drop(around: JobContext, gone: Detached) -> None:
    around.archive.keep(around.database, gone)
    partitions.drop(around.database, gone, around.lease.confirm)


def _forget_history(around: JobContext, now: datetime) -> None:
    """What is kept for ROLLUP_RETENTION_DAYS: the rolled-up past and the minutes of the ingest."""
    before = now - timedelta(days=around.settings.rollup_retention_days)
    rollup_retention.forget(around.database, now, around.settings)
    ingest_outcomes.forget(around.database, before)


def _forget_notes(around: JobContext, now: datetime, first_kept: datetime) -> None:
    database = around.database
    Events(database).forget(first_kept)
    ServerSamples(database).forget(now - SILENT_WORKERS_KEPT)
    LoginAttempts(database).forget(now - ATTEMPTS_KEPT)
    Accounts(database).forget_expired(now)
    Deliveries(database).forget(now - MESSAGES_KEPT)
    JobRuns(database).forget(now - RUNS_KEPT, now - DONE_RUNS_KEPT)


def _confirm(around: JobContext) -> None:
    with around.database.transaction() as connection:
        around.lease.confirm(connection)
