"""Migrations beside data and running writers: additive, patient, one at a time, reversible."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.alerts import alerts
from models.database import migrate, partitions
from models.database.engine import Database
from models.raw.client_reports import COLUMNS, ClientReport, as_json
from models.raw.report_insert import ClientReports
from settings import CHECKOUT
from tests.conftest import NOON, connected, new_database
from tests.support.rollup_truth import DAYS, assert_true, roll, spread

WAIT_SECONDS = 30


def before_keeping(url: str) -> str:
    """The revision before the one that counts the ingest and keeps days."""
    scripts = ScriptDirectory.from_config(migrate.configuration(url)).walk_revisions()
    (found,) = [script.down_revision for script in scripts if script.path.endswith("_keeping.py")]
    assert isinstance(found, str)
    return found


def a_report() -> ClientReport:
    return ClientReport(
        session_id=uuid4(), report_id=uuid4(), received_at=NOON, period_end=NOON,
        period_start=NOON - timedelta(seconds=15),
    )  # fmt: skip


def count(database: Database, table: str) -> int:
    with database.transaction() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def fresh(embedded_url: str) -> Iterator[Database]:
    """An empty database of the test's own, not migrated."""
    database = Database(new_database(embedded_url, f"migrations_{uuid4().hex[:8]}"))
    yield database
    database.dispose()


class Writer(threading.Thread):
    """Stores reports until told to stop, and remembers what was acknowledged and what failed."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self.stored = 0
        self.faults: list[Exception] = []
        self.has_begun = threading.Event()
        self._ended = threading.Event()
        self._store = ClientReports(database)

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self.stored += len(self._store.insert([a_report()]).keys)
            except Exception as fault:  # noqa: BLE001  whatever fails is told
                self.faults.append(fault)
            self.has_begun.set()

    def stop(self) -> None:
        self._ended.set()
        self.join()


@contextmanager
def writing(database: Database) -> Iterator[Writer]:
    writer = Writer(database)
    writer.start()
    assert writer.has_begun.wait(WAIT_SECONDS)
    try:
        yield writer
    finally:
        writer.stop()


def test_what_was_stored_before_there_were_rollups_is_rolled_up_after(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), "0004")
    partitions.ensure(fresh, "client_reports", [NOON.date() - timedelta(days=n) for n in range(5)])
    names = ", ".join(COLUMNS)
    with fresh.transaction() as connection:
        connection.execute(
            text(
                f"INSERT INTO client_reports ({names}) SELECT {names} FROM "
                "json_populate_recordset(NULL::client_reports, CAST(:rows AS json))"
            ),
            {"rows": as_json(spread(60))},
        )
    migrate.upgrade(fresh.url)
    assert_true(fresh, DAYS)
    roll(fresh)
    assert_true(fresh, DAYS)


def test_a_busy_database_is_migrated_under_its_writers(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), before_keeping(fresh.url))
    with writing(fresh) as writer:
        migrate.upgrade(fresh.url)
        migrate.downgrade(fresh.url, before_keeping(fresh.url))
        migrate.upgrade(fresh.url)
    assert writer.faults == []
    assert count(fresh, "client_reports") == writer.stored
    command.check(migrate.configuration(fresh.url))


def test_an_evaluation_of_the_version_before_goes_on_beside_the_new_column(fresh: Database) -> None:
    kept = ", ".join(name for name in alerts.KEPT if name != "owes_end")
    row = alerts.AlertRow(
        rule_id=1, rule="Slow", severity="warning", threshold=200, labels={}, label_key="{}",
        state="resolved", since=NOON, started_at=NOON, seen_at=NOON, ended_at=NOON, told_at=NOON,
    )  # fmt: skip
    adding = text(
        f"INSERT INTO alerts ({kept}) SELECT {kept} "
        "FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json))"
    )
    for revision in ("0009", "head"):
        command.upgrade(migrate.configuration(fresh.url), revision)
        with fresh.transaction() as connection:
            connection.execute(adding, {"rows": msgspec.json.encode([row]).decode()})
    with fresh.transaction() as connection:
        assert alerts.owing(connection) == []
    migrate.downgrade(fresh.url, "0009")
    assert count(fresh, "alerts") == 2


def upgrading(url: str) -> "subprocess.Popen[bytes]":
    """`alembic upgrade head` in a process of its own, as another node would do it."""
    code = "import sys; from models.database import migrate; migrate.upgrade(sys.argv[1])"
    return subprocess.Popen([sys.executable, "-c", code, url], cwd=CHECKOUT)


def test_two_at_once_wait_for_each_other(fresh: Database) -> None:
    both = [upgrading(fresh.url) for _ in range(2)]
    assert [one.wait(WAIT_SECONDS) for one in both] == [0, 0]
    command.check(migrate.configuration(fresh.url))


ASKING = (
    "pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' "
    "AND datname = current_database() AND pid <> pg_backend_pid()"
)


def test_the_second_waits_for_its_turn(fresh: Database) -> None:
    with fresh.transaction() as first:
        first.execute(text("SELECT pg_advisory_xact_lock(hashtext('wsmon migrations'))"))
        second = upgrading(fresh.url)
        while count(fresh, ASKING) == 0:
            assert second.poll() is None
        assert second.poll() is None
    assert second.wait(WAIT_SECONDS) == 0
    command.check(migrate.configuration(fresh.url))


def test_a_table_that_is_held_is_not_waited_for_long(fresh: Database) -> None:
    migrate.upgrade(fresh.url)
    with fresh.transaction() as holder:
        holder.execute(text("LOCK TABLE restored_days IN ACCESS SHARE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.downgrade(fresh.url, before_keeping(fresh.url))
    assert count(fresh, "restored_days") == 0


def test_a_migration_that_could_not_be_done_is_done_by_the_next_start(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), before_keeping(fresh.url))
    with connected(fresh.url) as cursor:
        cursor.execute("CREATE TABLE exports (stray int)")
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(fresh.url)
    with connected(fresh.url) as cursor:
        cursor.execute("SELECT to_regclass('ingest_minutes')")
        assert cursor.fetchone() == (None,)
        cursor.execute("DROP TABLE exports")
    migrate.upgrade(fresh.url)
    command.check(migrate.configuration(fresh.url))


def test_a_step_back_keeps_what_browsers_reported(fresh: Database) -> None:
    migrate.upgrade(fresh.url)
    ClientReports(fresh).insert([a_report() for _ in range(5)])
    migrate.downgrade(fresh.url, before_keeping(fresh.url))
    assert count(fresh, "client_reports") == 5
    migrate.upgrade(fresh.url)
    assert count(fresh, "client_reports") == count(fresh, "sessions") == 5


def test_a_day_on_its_way_out_is_no_difference(fresh: Database) -> None:
    migrate.upgrade(fresh.url)
    ClientReports(fresh).insert([a_report()])
    partitions.set_aside(fresh, "client_reports", NOON.date())
    command.check(migrate.configuration(fresh.url))
