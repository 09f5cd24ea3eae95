"""Reports are stored once, with their sessions, in daily partitions."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from models.database import migrate, partitions
from models.database.engine import Database, DatabaseAway
from models.metrics.histogram_codec import packed
from models.raw import sessions
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows

Make = Callable[..., ClientReport]


def a_report(**values: object) -> ClientReport:
    at = {"period_start": NOON - timedelta(seconds=15), "period_end": NOON, "received_at": NOON}
    return ClientReport(**({"session_id": uuid4(), "report_id": uuid4()} | at | values))  # type: ignore[arg-type]  # a factory


def test_a_report_sent_twice_is_stored_once(database: Database) -> None:
    store, report = ClientReports(database), a_report()
    first, second = store.insert([report, report]), store.insert([report])
    assert (len(first.keys), len(second.keys)) == (1, 0)
    assert rows(database, "SELECT count(*) FROM client_reports") == [(1,)]


def test_a_stored_report_is_read_unchanged(database: Database) -> None:
    report = a_report(
        app="portal", close_codes={"1006": 2}, recovery_ms=(5, 7), custom={"cart": 1.5},
        latency_buckets=(1, 300), latency_counts=(4, 5), latency_sum_us=12,
    )  # fmt: skip
    ClientReports(database).insert([report])
    query = "SELECT app, close_codes, recovery_ms, custom, latency, page FROM client_reports"
    ((app, codes, recovery, custom, latency, page),) = rows(database, query)
    assert (app, codes, recovery, custom) == ("portal", {"1006": 2}, [5, 7], {"cart": 1.5})
    assert bytes(latency) == packed((1, 300), (4, 5))  # type: ignore[call-overload]  # a memoryview
    assert page is None


def test_a_row_the_database_refuses_is_named_and_the_others_stored(database: Database) -> None:
    reports = [a_report() for _ in range(9)]
    reports[4] = a_report(app="a\0b")
    stored = ClientReports(database).insert(reports)
    assert list(stored.refused) == [4]
    assert len(stored.keys) == 8


def test_a_missing_partition_is_created(database: Database) -> None:
    long_ago = datetime(2031, 5, 6, tzinfo=UTC)
    stored = ClientReports(database).insert([a_report(period_end=long_ago)])
    assert len(stored.keys) == 1
    partitions.drop_before(database, "client_reports", date(2031, 5, 7))


def test_a_session_gathers_its_reports(database: Database) -> None:
    store, session = ClientReports(database), uuid4()
    store.insert([a_report(session_id=session, abnormal_closes=1, country="BR")])
    later = NOON + timedelta(minutes=1)
    store.insert([a_report(session_id=session, period_end=later, abnormal_closes=2, page="/x")])
    query = "SELECT reports, abnormal_closes, last_seen, country, page FROM sessions"
    assert rows(database, query) == [(2, 3, later, "BR", "/x")]


def test_a_repeated_report_does_not_count_twice_in_its_session(database: Database) -> None:
    store, report = ClientReports(database), a_report(abnormal_closes=1)
    for _ in range(3):
        store.insert([report])
    assert rows(database, "SELECT reports, abnormal_closes FROM sessions") == [(1, 1)]


def test_partitions_are_made_a_week_ahead_and_once(database: Database) -> None:
    days = partitions.writable_days(NOON + timedelta(days=4000))
    assert len(partitions.ensure(database, "client_reports", days)) == 10
    assert partitions.ensure(database, "client_reports", days) == []


def test_old_days_are_dropped_and_nothing_else(database: Database) -> None:
    store = ClientReports(database)
    store.insert([a_report(period_end=NOON - timedelta(days=n)) for n in range(4)])
    partitions.drop_before(database, "client_reports", (NOON - timedelta(days=1)).date())
    query = "SELECT min(period_end), count(*) FROM client_reports"
    assert rows(database, query) == [(NOON - timedelta(days=1), 2)]


def test_an_interrupted_detach_is_completed(database: Database) -> None:
    ClientReports(database).insert([a_report(period_end=NOON - timedelta(days=9))])
    name = partitions.partition_name("client_reports", (NOON - timedelta(days=9)).date())
    with database.autocommit() as reader, database.autocommit() as detacher:
        reader.execute(text("BEGIN ISOLATION LEVEL REPEATABLE READ"))
        reader.execute(text("SELECT count(*) FROM client_reports"))
        detacher.execute(text("SET lock_timeout = '100ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            detacher.execute(
                text(f"ALTER TABLE client_reports DETACH PARTITION {name} CONCURRENTLY")
            )
        reader.execute(text("ROLLBACK"))
    assert name in partitions.drop_before(database, "client_reports", NOON.date())


def test_a_long_reader_does_not_block_the_creation_of_partitions(database: Database) -> None:
    with database.transaction() as reader:
        reader.execute(text("SELECT count(*) FROM client_reports"))
        created = partitions.ensure(database, "client_reports", [date(2041, 1, 1)])
    assert created == ["client_reports_20410101"]
    partitions.drop_before(database, "client_reports", date(2041, 1, 2))


def test_sessions_are_deleted_by_their_last_report(database: Database) -> None:
    ClientReports(database).insert(
        [a_report(period_end=NOON - timedelta(days=n)) for n in range(3)]
    )
    assert sessions.forget(database, NOON - timedelta(hours=30)) == 1


def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    command.check(migrate.configuration(database_url))


def test_migrations_go_down_and_up_again_beside_data(database: Database, database_url: str) -> None:
    ClientReports(database).insert([a_report()])
    migrate.downgrade(database_url)
    assert rows(database, "SELECT to_regclass('client_reports')") == [(None,)]
    migrate.upgrade(database_url)
    assert len(ClientReports(database).insert([a_report()]).keys) == 1


def test_a_database_that_does_not_run_raises_database_away() -> None:
    with pytest.raises(DatabaseAway):
        Database("postgresql+psycopg2://x@/x?host=/nowhere").ping()


def test_a_lost_connection_is_replaced(database: Database) -> None:
    with pytest.raises(DatabaseAway), database.transaction() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    database.ping()


@given(st.dictionaries(st.integers(0, 524), st.integers(0, 2**32 - 1), max_size=40))
def test_histograms_are_packed_six_bytes_a_bucket(counts: dict[int, int]) -> None:
    assert len(packed(tuple(counts), tuple(counts.values()))) == 6 * len(counts)
