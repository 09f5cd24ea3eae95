"""Days leave the store by way of the archive, and come back as they were."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.archive import values
from analytics.archive.archive import Archive, NotRestored
from analytics.archive.store import lying_in
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import LeaseLost, Leases
from models.raw import day_rows, restored_days
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from settings import Settings
from tests.conftest import NOON, Clock, connected

OLD = NOON - timedelta(days=40)
DAY = OLD.date()
NAME = partitions.partition_name("client_reports", DAY)
SELECT = {
    "client_reports": "SELECT * FROM client_reports ORDER BY session_id, report_id",
    "server_samples": "SELECT * FROM server_samples ORDER BY sample_id",
}
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def a_report(**given: object) -> ClientReport:
    at = {"period_start": OLD, "period_end": OLD, "received_at": OLD}
    return ClientReport(**({"session_id": uuid4(), "report_id": uuid4()} | at | given))  # type: ignore[arg-type]  # a factory


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
def around(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    for table in partitions.PARTITIONED:
        partitions.drop_before(database, table, (NOON - timedelta(days=2)).date())
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    settings = Settings(data_dir=tmp_path, archive_dir=tmp_path / "archive")
    return JobContext(database, settings, clock, lease, Archive(tmp_path / "archive"))


def rows(database: Database, table: str = "client_reports") -> list[tuple[object, ...]]:
    with database.transaction() as connection:
        found = connection.execute(text(SELECT[table])).all()
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]


def fill(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    ClientReports(database).insert(REPORTS)
    ServerSamples(database).insert([SAMPLE])
    return rows(database), rows(database, "server_samples")


def archived(around: JobContext) -> list[str]:
    folder = around.settings.archive_dir
    assert folder is not None
    return [f"{kept.table}/{kept.path.name}" for kept in lying_in(folder)]


def test_a_day_that_left_comes_back_exactly(around: JobContext, database: Database) -> None:
    before = fill(database)
    assert f"dropped {NAME}" in retention.step(around)
    assert rows(database) == []
    assert archived(around) == [f"{t}/{DAY}.parquet" for t in partitions.PARTITIONED]
    said: list[str] = []
    assert archive(around).restore(database, DAY, said.append) == 4
    assert (rows(database), rows(database, "server_samples")) == before
    assert said[0] == f"{DAY}.parquet of client_reports: 3 rows, 3 of them new"


def archive(around: JobContext) -> Archive:
    assert isinstance(around.archive, Archive)
    return around.archive


def test_a_day_brought_back_twice_is_there_once_and_stays_until_released(
    around: JobContext, database: Database
) -> None:
    before = fill(database)
    retention.step(around)
    for new in (4, 0):
        assert archive(around).restore(database, DAY, lambda _: None) == new
    retention.step(around)
    assert (rows(database), rows(database, "server_samples")) == before
    assert restored_days.release(database, DAY)
    retention.step(around)
    assert rows(database) == []
    assert len(archived(around)) == 2  # the same rows are not written twice


def test_rows_that_come_after_their_day_left_get_a_file_of_their_own(
    around: JobContext, database: Database
) -> None:
    first = fill(database)[0]
    retention.step(around)
    late = a_report(app="late")
    ClientReports(database).insert([late])
    retention.step(around)
    assert f"client_reports/{DAY}.2.parquet" in archived(around)
    archive(around).restore(database, DAY, lambda _: None)
    assert len(rows(database)) == len(first) + 1


def test_a_day_that_cannot_be_written_away_is_not_dropped(
    around: JobContext, database: Database
) -> None:
    before = fill(database)[0]
    folder = around.settings.archive_dir
    assert folder is not None
    folder.write_text("no folder")
    with pytest.raises(retention.Incomplete, match="cannot be written away"):
        retention.step(around)
    (gone,) = partitions.detached(database, "client_reports")
    with connected(database.url) as cursor:
        cursor.execute(f'SELECT count(*) FROM "{gone.name}"')
        assert cursor.fetchone() == (len(before),)
    folder.unlink()
    assert f"dropped {NAME}" in retention.step(around)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
def test_of_a_damaged_file_comes_back_nothing_or_the_very_rows(
    around: JobContext, database: Database, share: float
) -> None:
    before = fill(database)[0]
    retention.step(around)
    path = archive(around).days()[0].path
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 255
    path.write_bytes(content)
    try:
        archive(around).restore(database, DAY, lambda _: None)
    except NotRestored:
        before = []
    assert rows(database) == before


def test_a_damaged_file_is_no_archive(around: JobContext, database: Database) -> None:
    fill(database)
    partitions.set_aside(database, "client_reports", DAY)
    (gone,) = partitions.detached(database, "client_reports")
    archive(around).keep(database, gone)
    path = archive(around).days()[0].path
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(NotRestored, match="was not brought back"):
        archive(around).restore(database, DAY, lambda _: None)
    assert "wrote" in archive(around).keep(database, gone)  # another part, whole


def test_a_file_is_whole_or_not_there(around: JobContext, database: Database) -> None:
    fill(database)
    retention.step(around)
    folder = around.settings.archive_dir
    assert folder is not None
    assert [path for path in folder.rglob(".*") if path.is_file()] == []


def cut_off_in_detaching(database: Database) -> None:
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


def cut_off_before_setting_aside(database: Database) -> None:
    with database.autocommit() as connection:
        connection.execute(text(f"ALTER TABLE client_reports DETACH PARTITION {NAME} CONCURRENTLY"))


def cut_off_before_archiving(database: Database) -> None:
    partitions.set_aside(database, "client_reports", DAY)


@pytest.mark.parametrize(
    "cut_off", [cut_off_in_detaching, cut_off_before_setting_aside, cut_off_before_archiving]
)
def test_a_run_that_was_cut_off_is_finished_by_the_next(
    around: JobContext, database: Database, cut_off: object
) -> None:
    before = fill(database)[0]
    cut_off(database)  # type: ignore[operator]  # one of the three above
    assert f"dropped {NAME}" in retention.step(around)
    archive(around).restore(database, DAY, lambda _: None)
    assert rows(database) == before


def test_a_run_cut_off_before_the_drop_finds_its_file(
    around: JobContext, database: Database
) -> None:
    fill(database)
    partitions.set_aside(database, "client_reports", DAY)
    (gone,) = partitions.detached(database, "client_reports")
    archive(around).keep(database, gone)
    retention.step(around)
    assert [name for name in archived(around) if "client" in name] == [
        f"client_reports/{DAY}.parquet"
    ]


def test_a_long_reader_sees_its_day_to_the_end_and_delays_it_alone(
    around: JobContext, database: Database
) -> None:
    fill(database)
    with database.transaction() as reader:
        reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        count = text("SELECT count(*) FROM client_reports")
        assert reader.execute(count).scalar() == 3
        with pytest.raises(retention.Incomplete):
            retention.step(around)
        assert len(ClientReports(database).insert([a_report(period_end=NOON)]).keys) == 1
        assert reader.execute(count).scalar() == 3
    assert f"dropped {NAME}" in retention.step(around)


def test_a_leader_who_slept_drops_nothing(around: JobContext, database: Database) -> None:
    fill(database)
    partitions.set_aside(database, "client_reports", DAY)
    (gone,) = partitions.detached(database, "client_reports")
    with database.transaction() as connection:
        connection.execute(text("UPDATE leases SET expires_at = now() - interval '1 s'"))
    Leases(database).take(LEASE, "another", 60)
    with pytest.raises(LeaseLost):
        partitions.drop(database, gone, around.lease.confirm)
    assert partitions.detached(database, "client_reports") == [gone]


def test_a_day_that_is_not_there_is_said(around: JobContext, database: Database) -> None:
    with pytest.raises(NotRestored, match="There is no 2001-01-01"):
        archive(around).restore(database, date(2001, 1, 1), lambda _: None)


def test_every_column_of_the_tables_can_be_written_away(database: Database) -> None:
    assert values.KINDS.keys() == day_rows.CANONICAL.keys()
    for table in partitions.PARTITIONED:
        assert day_rows.unknown_types(day_rows.columns_of(database, table)) == []


@trial(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words, numbers, st.lists(st.integers(-(2**31), 2**31 - 1)), st.binary(max_size=20))
def test_both_sides_make_the_same_number_of_a_row(
    database_url: str, word: str, number: float, whole: list[int], data: bytes
) -> None:
    kinds = {"a": "text", "b": "double precision", "c": "integer[]", "d": "bytea", "e": "uuid"}
    row = [word, number, whole, data, None]
    store = Database(database_url, pool_size=1)
    with store.transaction() as connection:
        shape = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        connection.execute(text(f"CREATE TEMP TABLE one_row ({shape}) ON COMMIT DROP"))
        connection.connection.cursor().execute(
            "INSERT INTO one_row VALUES (%s, %s, %s::integer[], %s, %s)", row
        )
        found = day_rows.checksum(connection, "one_row", kinds)
    store.dispose()
    assert found.total == values.row_numbers(list(kinds.values()), [[value] for value in row])
