"""Partitions: creates those of the coming week, so that no insert has to; and retention: drops days
of reports and samples, then deletes what belongs to them; ended alerts.

Days are detached, archived when an archive is configured, and dropped one by one: an interrupted
run leaves at most one day half done, which the next run finishes first.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from analytics.archive.fault import NotArchived
from analytics.quarantine.quarantine import NO_FAULT_OF_ROWS, isolate
from analytics.rollups import rollup_retention
from models.alerts.alert_history import AlertHistory
from models.alerts.deliveries import Deliveries
from models.alerts.silences import Silences
from models.both_ends import connection_ends
from models.both_ends.end_counts import EndCounts
from models.database import partitions
from models.database.partitions import PARTITIONED, DetachedDay, PartitionBusy
from models.operations.connection_tests import ConnectionTests
from models.operations.job_runs import JobRuns
from models.operations.load_tests import LoadTests
from models.operations.session_erasures import SessionErasures
from models.people.accounts import Accounts
from models.people.login_attempts import LoginAttempts
from models.queries import snapshot
from models.raw import (
    ingest_outcomes,
    quarantined_rows,
    restored_days,
    server_agents,
    sessions,
)
from models.raw.events import Events
from models.raw.set_aside_reports import SetAsideReports
from models.rollups import dirty_minutes, rollup_state

from .job import JobContext

ATTEMPTS_RETENTION = timedelta(days=1)
RUNS_RETENTION = timedelta(days=30)
MESSAGES_RETENTION = timedelta(days=30)
DONE_RUNS_RETENTION = timedelta(hours=6)  # some jobs run every few seconds
ROLLUP_SOURCES = {"client_reports": dirty_minutes.REPORTS, "server_samples": dirty_minutes.SAMPLES}


def partitions_ahead(context: JobContext) -> str:
    """Create the missing ones."""
    days = partitions.writable_days(context.now())
    _confirm(context)
    created = [
        name for table in PARTITIONED for name in partitions.ensure(context.database, table, days)
    ]
    return f"created {', '.join(created)}" if created else "all partitions exist"


class Incomplete(Exception):
    """Some days could not be dropped yet. The text says which and why."""


def step(context: JobContext) -> str:
    """Drop the days beyond their retention, delete sessions and records of the same age.

    Raises `Incomplete` when all else is done.
    """
    now = _now(context)
    retained = (now - timedelta(days=context.settings.websocket_metrics_retention_days)).date()
    retained_from = datetime.combine(retained, time(), UTC)  # sessions stay as long as reports
    dropped, faults = [], []
    for table in PARTITIONED:
        try:
            dropped += list(_drop_days(context, table, retained))
        except (NotArchived, PartitionBusy) as fault:
            faults.append(str(fault))
    try:
        _erase_sessions(context, now)
    except (NotArchived, PartitionBusy) as fault:
        faults.append(str(fault))
    forgotten = sessions.forget(context.database, retained_from)
    _forget_history(context, now)
    _forget_records(context, now, retained_from)
    if faults:
        raise Incomplete("; ".join(faults))
    return f"{', '.join(dropped) or 'dropped no day'}, deleted {forgotten} sessions"


def alerts(context: JobContext) -> str:
    """Delete alerts, silences and load tests that ended before the retention of rollups, so that
    all cover the same past."""
    before = _now(context) - timedelta(days=context.settings.rollup_retention_days)
    Silences(context.database).forget(before)
    LoadTests(context.database).forget(before)
    ConnectionTests(context.database).forget(before)
    return f"deleted {AlertHistory(context.database).forget(before)} alerts"


def _drop_days(context: JobContext, table: str, retained_from: date) -> Iterator[str]:
    """Drop the days before `retained_from` one by one, first those already detached.

    Once rollups exist, a day stays until it is rolled up.
    """
    yield from _drop_detached(context, table)
    complete_until = _complete_until(context, table)
    before = retained_from if complete_until is None else min(retained_from, complete_until)
    for day in partitions.days_before(context.database, table, before):
        with partitions.exclusive(context.database):
            if day in restored_days.all_days(context.database):
                continue
            _confirm(context)
            partitions.detach(context.database, table, day)
        yield from _drop_detached(context, table)


def _complete_until(context: JobContext, table: str) -> date | None:
    """The first day whose hours are not all rolled up; `None` while nothing is."""
    with context.database.transaction() as connection:
        until = rollup_state.complete_until(connection, ROLLUP_SOURCES[table])
    return None if until is None else until.astimezone(UTC).date()


def _drop_detached(context: JobContext, table: str) -> Iterator[str]:
    for detached in partitions.detached(context.database, table):
        _archive_and_drop(context, detached)
        yield f"dropped {partitions.partition_name(table, detached.day)}"


def _archive_and_drop(context: JobContext, detached: DetachedDay) -> None:
    try:
        context.archive.keep(context.database, detached)
    except NO_FAULT_OF_ROWS:
        raise
    except Exception as fault:
        if _is_of_disk(fault) or not _isolate(context, detached):
            raise
        context.archive.keep(context.database, detached)
    partitions.drop(context.database, detached, context.lease.confirm)


def _is_of_disk(fault: BaseException | None) -> bool:
    return fault is not None and (isinstance(fault, OSError) or _is_of_disk(fault.__cause__))


def _isolate(context: JobContext, detached: DetachedDay) -> int:
    """Set aside the rows of a day that cannot be archived; how many."""
    start = datetime.combine(detached.day, time(), UTC)
    return isolate(
        context.database,
        detached.name,
        (start, start + timedelta(days=1)),
        lambda database: context.archive.convert(database, detached.name),
        context.lease.confirm,
    )


def _erase_sessions(context: JobContext, now: datetime) -> None:
    """Erase from the archive, and from days on their way into it, what was asked for. Here, as no
    day is archived meanwhile; days are not brought back either."""
    erasures = SessionErasures(context.database)
    pending = erasures.pending()
    if pending:
        with partitions.exclusive(context.database):
            _confirm(context)
            context.archive.erase(pending)
            erasures.erase_again(pending)
            erasures.done(pending, now)


def _forget_history(context: JobContext, now: datetime) -> None:
    """Delete what has expired by ROLLUP_RETENTION_DAYS: rollups, ingest outcomes, agents."""
    before = now - timedelta(days=context.settings.rollup_retention_days)
    rollup_retention.forget(context.database, now, context.settings)
    ingest_outcomes.forget(context.database, before)
    server_agents.forget(context.database, before)
    _forget_ends(context, now, before)
    quarantined_rows.forget(context.database, before)


def _forget_ends(context: JobContext, now: datetime, before: datetime) -> None:
    """Delete single connections after a week at the latest, their counts with the rollups."""
    retention = timedelta(days=context.settings.websocket_metrics_retention_days)
    EndCounts(context.database, context.lease.confirm).forget(
        now - min(retention, connection_ends.RETENTION), before
    )


def _forget_records(context: JobContext, now: datetime, retained_from: datetime) -> None:
    database = context.database
    Events(database).forget(retained_from)
    SetAsideReports(database).forget(retained_from)
    LoginAttempts(database).forget(now - ATTEMPTS_RETENTION)
    Accounts(database).forget_expired(now)
    Deliveries(database).forget(now - MESSAGES_RETENTION)
    JobRuns(database).forget(now - RUNS_RETENTION, now - DONE_RUNS_RETENTION)


def _now(context: JobContext) -> datetime:
    """The earlier of the times of this node and of the store, which still leads: what is dropped
    stays so, and a clock that was set ahead drops nothing."""
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
        return min(context.now().astimezone(UTC), snapshot.now(connection))


def _confirm(context: JobContext) -> None:
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
