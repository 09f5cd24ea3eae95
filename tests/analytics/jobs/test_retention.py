"""Partitions ahead and retention: what is dropped, and what is left to whom."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database.engine import Database
from models.database.leases import Leases
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples, WorkerIdentity
from models.rollups import dirty_minutes, rollup_state
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, Settings(data_dir=tmp_path), clock, lease)


def test_the_partition_job_creates_partitions(context: JobContext, clock: Clock) -> None:
    clock.advance(days=5000)
    assert retention.partitions_ahead(context).startswith("created client_reports_")
    assert retention.partitions_ahead(context) == "all partitions exist"


def test_retention_drops_full_days(context: JobContext, database: Database) -> None:
    ClientReports(database).insert(
        [
            ClientReport(
                session_id=uuid4(), report_id=uuid4(), received_at=NOON,
                period_start=NOON - timedelta(days=n), period_end=NOON - timedelta(days=n),
            )
            for n in (0, 29, 30, 31, 32)
        ]
    )  # fmt: skip
    assert "deleted 2 sessions" in retention.step(context)
    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM client_reports")).scalar() == 3


def test_a_day_stays_until_it_is_rolled_up(context: JobContext, database: Database) -> None:
    days = [NOON - timedelta(days=n) for n in (32, 31)]
    ClientReports(database).insert([report(period_end=at) for at in days])
    with database.transaction() as connection:
        until = days[1].replace(hour=0)
        rollup_state.begin(connection, dirty_minutes.REPORTS, until, until)
    retention.step(context)
    assert rows(database, "SELECT period_end FROM client_reports") == [(days[1],)]


def test_a_silent_worker_is_left_to_who_counts_its_sockets(
    context: JobContext, clock: Clock
) -> None:
    worker = WorkerIdentity("lost", "node-b", "namespace", 1, clock())
    ServerSamples(context.database).heartbeat(worker, lambda _: True, clock())
    clock.advance(days=400)  # or its node was off for so long, and nobody has looked for it yet
    retention.step(context)
    assert rows(context.database, "SELECT instance FROM server_workers") == [("lost",)]


def test_a_scheduler_whose_clock_is_ahead_of_the_store_drops_no_day(
    context: JobContext, clock: Clock
) -> None:
    now = datetime.now(UTC)
    ClientReports(context.database).insert([report(period_end=now)])
    clock.advance(seconds=(now + timedelta(days=400) - NOON).total_seconds())
    retention.step(context)
    assert rows(context.database, "SELECT period_end FROM client_reports") == [(now,)]


@pytest.mark.parametrize(("seconds", "left"), [(-1, 2), (0, 1), (1, 1)])
def test_a_day_is_dropped_at_midnight_of_utc_and_its_sessions_with_it(
    context: JobContext, clock: Clock, seconds: int, left: int
) -> None:
    midnight = NOON.replace(hour=0)
    last, first = midnight - timedelta(microseconds=1), midnight
    ClientReports(context.database).insert([report(period_end=last), report(period_end=first)])
    clock.advance(seconds=(midnight + timedelta(days=30, seconds=seconds) - NOON).total_seconds())
    retention.step(context)
    counts = "SELECT (SELECT count(*) FROM client_reports), (SELECT count(*) FROM sessions)"
    assert rows(context.database, counts) == [(left, left)]
