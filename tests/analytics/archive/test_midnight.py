"""Days end at midnight UTC, to the second: what leaves with them, and when."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from analytics.archive.archive import Archive
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import Leases
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

DAY = (NOON - timedelta(days=40)).date()
NAME = partitions.partition_name("client_reports", DAY)
ENDS = "SELECT period_end FROM client_reports"


def test_a_day_leaves_at_midnight_utc_and_not_a_second_earlier(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    archive = Archive(tmp_path)
    context = JobContext(database, Settings(archive_dir=tmp_path), clock, lease, archive)
    first = datetime.combine(DAY, time(), UTC)
    next_day = first + timedelta(days=1)
    ends = (first, next_day - timedelta(microseconds=1), next_day)
    ClientReports(database).insert([report(period_end=end) for end in ends])
    retention_days = timedelta(days=context.settings.websocket_metrics_retention_days)
    clock.at = next_day + retention_days - timedelta(seconds=1)
    assert "dropped no day" in retention.step(context)
    assert len(rows(database, ENDS)) == len(ends)
    clock.advance(seconds=1)
    assert f"dropped {NAME}," in retention.step(context)
    assert rows(database, ENDS) == [(next_day,)]
    assert archive.restore(database, DAY, lambda _: None) == len(ends) - 1
