"""Retention archives days before it drops them, and the archive restores them exactly."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from analytics.archive.archive import Archive, NotRestored
from analytics.archive.store import archive_files
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import LeaseLost, Leases
from models.raw import restored_days
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import autocommit_cursor

OLD = NOON - timedelta(days=40)
DAY = OLD.date()
NAME = partitions.partition_name("client_reports", DAY)
SELECT = {
    "client_reports": "SELECT * FROM client_reports ORDER BY session_id, report_id",
    "server_samples": "SELECT * FROM server_samples ORDER BY sample_id",
}


def a_report(**fields: object) -> ClientReport:
    times = {"period_start": OLD, "period_end": OLD, "received_at": OLD}
    return ClientReport(**({"session_id": uuid4(), "report_id": uuid4()} | times | fields))  # type: ignore[arg-type]  # a factory


REPORTS = [
    a_report(app="tab\tnew\nback\\slash\r", page="\\N", custom={'"': -0.0, "é": 1e-300}),
    a_report(recovery_ms=(1, 2, 3), downlink_mbps=0.1 + 0.2, close_codes={"1006": 2}, cls=1e22),
    a_report(latency_buckets=(0, 524), latency_counts=(1, 2**32 - 1), latency_sum_us=2**60),
]
SAMPLE = ServerSample(
    sample_id=uuid4(), period_start=OLD, period_end=OLD, received_at=OLD, service="s",
    instance="i", user_keys=b"\0\\x\xff", top_rooms=[("a\tb", 1, 2)], cpu_ms=7,
)  # fmt: skip


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    for table in partitions.PARTITIONED:
        partitions.drop_before(database, table, (NOON - timedelta(days=2)).date())
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    settings = Settings(data_dir=tmp_path, archive_dir=tmp_path / "archive")
    return JobContext(database, settings, clock, lease, Archive(tmp_path / "archive"))


def rows(database: Database, table: str = "client_reports") -> list[tuple[object, ...]]:
    with database.transaction() as connection:
        records = connection.execute(text(SELECT[table])).all()
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in records]


def insert_rows(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    ClientReports(database).insert(REPORTS)
    ServerSamples(database).insert([SAMPLE])
    return rows(database), rows(database, "server_samples")


def archived_names(context: JobContext) -> list[str]:
    folder = context.settings.archive_dir
    assert folder is not None
    return [f"{file.table}/{file.path.name}" for file in archive_files(folder)]


def test_a_dropped_day_is_restored_exactly(context: JobContext, database: Database) -> None:
    before = insert_rows(database)
    assert f"dropped {NAME}" in retention.step(context)
    assert rows(database) == []
    assert archived_names(context) == [f"{t}/{DAY}.parquet" for t in partitions.PARTITIONED]
    messages: list[str] = []
    assert archive(context).restore(database, DAY, messages.append) == 4
    assert (rows(database), rows(database, "server_samples")) == before
    assert messages[0] == f"{DAY}.parquet of client_reports: 3 rows, 3 of them new"


def test_a_day_leaves_at_midnight_utc_and_not_a_second_earlier(
    context: JobContext, database: Database, clock: Clock
) -> None:
    first = OLD.replace(hour=0)
    next_day = first + timedelta(days=1)
    ends = (first, next_day - timedelta(microseconds=1), next_day)
    ClientReports(database).insert([a_report(period_end=end) for end in ends])
    retention_days = timedelta(days=context.settings.websocket_metrics_retention_days)
    clock.at = next_day + retention_days - timedelta(seconds=1)
    assert "dropped no day" in retention.step(context)
    assert len(rows(database)) == len(ends)
    clock.advance(seconds=1)
    assert f"dropped {NAME}," in retention.step(context)
    with database.transaction() as connection:
        left = connection.execute(text("SELECT period_end FROM client_reports")).scalars().all()
    assert left == [next_day]
    assert archive(context).restore(database, DAY, lambda _: None) == len(ends) - 1


def archive(context: JobContext) -> Archive:
    assert isinstance(context.archive, Archive)
    return context.archive


def test_restoring_twice_is_idempotent_and_lasts_until_released(
    context: JobContext, database: Database
) -> None:
    before = insert_rows(database)
    retention.step(context)
    for new in (4, 0):
        assert archive(context).restore(database, DAY, lambda _: None) == new
    retention.step(context)
    assert (rows(database), rows(database, "server_samples")) == before
    assert restored_days.release(database, DAY)
    retention.step(context)
    assert rows(database) == []
    assert len(archived_names(context)) == 2  # the same rows are not written twice


def test_late_rows_of_an_archived_day_get_a_second_file(
    context: JobContext, database: Database
) -> None:
    first = insert_rows(database)[0]
    retention.step(context)
    late = a_report(app="late")
    ClientReports(database).insert([late])
    retention.step(context)
    assert f"client_reports/{DAY}.2.parquet" in archived_names(context)
    archive(context).restore(database, DAY, lambda _: None)
    assert len(rows(database)) == len(first) + 1


def test_a_day_that_cannot_be_archived_is_not_dropped(
    context: JobContext, database: Database
) -> None:
    before = insert_rows(database)[0]
    folder = context.settings.archive_dir
    assert folder is not None
    folder.write_text("no folder")
    with pytest.raises(retention.Incomplete, match="cannot be written away"):
        retention.step(context)
    (detached,) = partitions.detached(database, "client_reports")
    with autocommit_cursor(database.url) as cursor:
        cursor.execute(f'SELECT count(*) FROM "{detached.name}"')
        assert cursor.fetchone() == (len(before),)
    folder.unlink()
    assert f"dropped {NAME}" in retention.step(context)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
def test_a_damaged_file_restores_nothing_or_the_exact_rows(
    context: JobContext, database: Database, share: float
) -> None:
    before = insert_rows(database)[0]
    retention.step(context)
    path = archive(context).files()[0].path
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 255
    path.write_bytes(content)
    try:
        archive(context).restore(database, DAY, lambda _: None)
    except NotRestored:
        before = []
    assert rows(database) == before


def test_a_damaged_file_is_no_archive(context: JobContext, database: Database) -> None:
    insert_rows(database)
    partitions.detach(database, "client_reports", DAY)
    (detached,) = partitions.detached(database, "client_reports")
    archive(context).keep(database, detached)
    path = archive(context).files()[0].path
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(NotRestored, match="was not brought back"):
        archive(context).restore(database, DAY, lambda _: None)
    assert "wrote" in archive(context).keep(database, detached)  # another part, whole


def test_no_partial_file_stays(context: JobContext, database: Database) -> None:
    insert_rows(database)
    retention.step(context)
    folder = context.settings.archive_dir
    assert folder is not None
    assert [path for path in folder.rglob(".*") if path.is_file()] == []


def interrupt_detach(database: Database) -> None:
    with database.autocommit() as reader, database.autocommit() as detacher:
        reader.execute(text("BEGIN ISOLATION LEVEL REPEATABLE READ"))
        reader.execute(text("SELECT count(*) FROM client_reports"))
        detacher.execute(text("SET lock_timeout = '100ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            detacher.execute(
                text(f"ALTER TABLE client_reports DETACH PARTITION {NAME} CONCURRENTLY")
            )
        detacher.execute(text("RESET lock_timeout"))
        reader.execute(text("ROLLBACK"))


def interrupt_before_set_aside(database: Database) -> None:
    with database.autocommit() as connection:
        connection.execute(text(f"ALTER TABLE client_reports DETACH PARTITION {NAME} CONCURRENTLY"))


def interrupt_before_archiving(database: Database) -> None:
    partitions.detach(database, "client_reports", DAY)


@pytest.mark.parametrize(
    "interrupt", [interrupt_detach, interrupt_before_set_aside, interrupt_before_archiving]
)
def test_an_interrupted_run_is_finished_by_the_next(
    context: JobContext, database: Database, interrupt: object
) -> None:
    before = insert_rows(database)[0]
    interrupt(database)  # type: ignore[operator]  # one of the three above
    assert f"dropped {NAME}" in retention.step(context)
    archive(context).restore(database, DAY, lambda _: None)
    assert rows(database) == before


def test_a_run_interrupted_before_the_drop_reuses_its_file(
    context: JobContext, database: Database
) -> None:
    insert_rows(database)
    partitions.detach(database, "client_reports", DAY)
    (detached,) = partitions.detached(database, "client_reports")
    archive(context).keep(database, detached)
    retention.step(context)
    assert [name for name in archived_names(context) if "client" in name] == [
        f"client_reports/{DAY}.parquet"
    ]


def test_a_long_transaction_delays_only_the_drop_of_its_day(
    context: JobContext, database: Database
) -> None:
    insert_rows(database)
    with database.transaction() as reader:
        reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        count = text("SELECT count(*) FROM client_reports")
        assert reader.execute(count).scalar() == 3
        with pytest.raises(retention.Incomplete):
            retention.step(context)
        assert len(ClientReports(database).insert([a_report(period_end=NOON)]).keys) == 1
        assert reader.execute(count).scalar() == 3
    assert f"dropped {NAME}" in retention.step(context)


def test_a_scheduler_that_lost_its_lease_drops_nothing(
    context: JobContext, database: Database
) -> None:
    insert_rows(database)
    partitions.detach(database, "client_reports", DAY)
    (detached,) = partitions.detached(database, "client_reports")
    with database.transaction() as connection:
        connection.execute(text("UPDATE leases SET expires_at = now() - interval '1 s'"))
    Leases(database).take(LEASE, "another", 60)
    with pytest.raises(LeaseLost):
        partitions.drop(database, detached, context.lease.confirm)
    assert partitions.detached(database, "client_reports") == [detached]


def test_a_missing_day_is_reported(context: JobContext, database: Database) -> None:
    with pytest.raises(NotRestored, match="There is no 2001-01-01"):
        archive(context).restore(database, date(2001, 1, 1), lambda _: None)
