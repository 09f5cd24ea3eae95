"""A row put in by SQL that no job can process is set aside, and each job goes on without it."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.archive.archive import Archive
from analytics.exports.datasets import DATASETS
from analytics.exports.exports import Exports
from analytics.jobs import exports, retention, rollups
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.operations.storage_report import StorageReport
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from models.database import partitions
from models.database.engine import Database
from models.database.leases import Leases
from models.raw import quarantined_rows
from models.raw.export_rows import ExportRequest
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows, truncate_tables
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

HEALTHY = 5
HOUR = TimeRange(NOON - timedelta(hours=1), NOON)
OF_REPORTS = {
    "an end of no time": "period_start = '-infinity'",
    "half a histogram": "latency = '\\x01'",
    "a list of codes": "close_codes = '[1006]'",
}


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    settings = Settings(data_dir=tmp_path, archive_dir=tmp_path / "archive")
    return JobContext(database, settings, clock, lease, Archive(tmp_path / "archive"))


def store_reports(database: Database, oddity: str) -> None:
    """Healthy reports, and an odd one among them."""
    ends = [NOON - timedelta(minutes=3, seconds=n) for n in range(HEALTHY + 1)]
    ClientReports(database).insert([report((12.0,), period_end=end, opened=1) for end in ends])
    make_odd(database, "client_reports", oddity)


def make_odd(database: Database, table: str, oddity: str) -> None:
    with database.transaction() as connection:
        connection.execute(
            text(
                f"UPDATE {table} SET {oddity} "
                f"WHERE period_end = (SELECT max(period_end) FROM {table})"
            )
        )


@pytest.mark.parametrize(
    ("oddity", "minutes"),
    [*((each, 65) for each in OF_REPORTS.values()), (OF_REPORTS["half a histogram"], 0)],
    ids=[*OF_REPORTS, "in the last minutes"],
)
def test_rollups_of_reports_go_on(
    context: JobContext, clock: Clock, oddity: str, minutes: int
) -> None:
    database = context.database
    store_reports(database, oddity)
    clock.advance(minutes=minutes)
    results = [rollups.reports(context) for _ in range(3)]
    assert any(result.startswith("set aside 1 row") for result in results), results
    counted = "SELECT sum(reports), sum(opened) FROM client_minutes WHERE dimension = ''"
    assert rows(database, counted) == [(HEALTHY, HEALTHY)]
    assert rows(database, "SELECT count(*) FROM dirty_minutes WHERE source = 'reports'") == [(0,)]
    (listed,) = StorageReport(database, context.settings, clock).read(HOUR).odd_rows
    assert listed.table == "client_reports"
    assert listed.period_end == NOON - timedelta(minutes=3)
    assert ": " in listed.reason


def test_rollups_of_samples_go_on(context: JobContext, clock: Clock) -> None:
    database = context.database
    ends = [NOON - timedelta(minutes=3, seconds=5 * n) for n in range(HEALTHY + 1)]
    ServerSamples(database).insert([sample(period_end=end, opened=1) for end in ends])
    make_odd(database, "server_samples", OF_REPORTS["half a histogram"])
    clock.advance(minutes=65)
    results = [rollups.samples(context) for _ in range(3)]
    assert any(result.startswith("set aside 1 row") for result in results), results
    assert rows(database, "SELECT sum(opened) FROM server_hours") == [(HEALTHY,)]
    assert [each.source for each in quarantined_rows.listed(database)] == ["server_samples"]


def test_the_archive_keeps_the_other_rows_of_a_day(context: JobContext, clock: Clock) -> None:
    database = context.database
    store_reports(database, "received_at = 'infinity'")
    clock.advance(days=40)
    assert "dropped client_reports_20260302" in retention.step(context)
    assert rows(database, "SELECT count(*) FROM client_reports") == [(0,)]
    assert [each.source for each in quarantined_rows.listed(database)] == ["client_reports"]
    restored = context.archive
    assert isinstance(restored, Archive)
    assert restored.restore(database, NOON.date(), lambda _: None) == HEALTHY


def test_an_archive_that_is_full_sets_no_row_aside(
    context: JobContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = context.database
    store_reports(database, "received_at = 'infinity'")
    (context.settings.data_dir / "archive").write_text("a file where the folder is to be")
    clock.advance(days=40)
    with pytest.raises(retention.Incomplete):
        retention.step(context)
    assert quarantined_rows.listed(database) == []
    assert partitions.detached(database, "client_reports")


def test_the_next_test_finds_no_day_detached(context: JobContext) -> None:
    store_reports(context.database, "app = 'odd'")
    partitions.detach(context.database, "client_reports", NOON.date())
    truncate_tables(context.database.url)
    assert partitions.detached(context.database, "client_reports") == []


def test_a_prepared_export_has_the_other_rows(
    context: JobContext, settings: Settings, clock: Clock
) -> None:
    database = context.database
    store_reports(database, "received_at = '20000-01-01T00:00Z'")
    queue = Exports(database, database, context.settings.data_dir, clock)
    dataset = DATASETS["client-reports"]
    request = ExportRequest(HOUR.start.astimezone(UTC), HOUR.end.astimezone(UTC))
    export = queue.enqueue(Actor("m@example.com", "analyst"), dataset, request, HEALTHY)
    assert f"{HEALTHY} rows" in exports.step(context)
    assert [each.source for each in quarantined_rows.listed(database)] == ["client_reports"]
    assert queue.file_of(queue.list_for(Actor("m@example.com", "analyst"))[0]) is not None
    assert export.dataset == dataset.name
