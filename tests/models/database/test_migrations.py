"""Migrations with data and running writers: no writer fails, one runs at a time, reversible."""

import subprocess
import sys
from datetime import timedelta

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import migrate, partitions
from models.database.engine import Database
from models.raw.client_reports import as_json
from models.raw.report_insert import ClientReports
from settings import CHECKOUT
from tests.support.clock import NOON
from tests.support.store.postgres import autocommit_cursor
from tests.support.store.rollup_truth import DAYS, assert_matches_reports, roll_up, spread
from tests.support.store.upgrades.migration_writers import (
    WAIT_SECONDS,
    a_report,
    count,
    store_report,
    store_sample,
    writing,
)

LAST_BESIDE_0011 = "0012"  # the last revision that the inserts of 0011 still work with
FIRST_BESIDE_THE_PRESENT = "0023"  # the first one that those of the present work with
MILLION = """
INSERT INTO client_reports
SELECT (jsonb_populate_record(r, jsonb_build_object('report_id', gen_random_uuid()))).*
FROM client_reports AS r CROSS JOIN generate_series(1, 1000000)
"""


def before_keeping(url: str) -> str:
    """The revision before 0009, which adds ingest counters, restored days and exports."""
    scripts = ScriptDirectory.from_config(migrate.configuration(url)).walk_revisions()
    (script,) = [script for script in scripts if script.path.endswith("_keeping.py")]
    assert isinstance(script.down_revision, str)
    return script.down_revision


def test_what_was_stored_before_there_were_rollups_is_rolled_up_after(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), "0004")
    partitions.ensure(fresh, "client_reports", [NOON.date() - timedelta(days=n) for n in range(5)])
    with fresh.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO client_reports SELECT * FROM "
                "json_populate_recordset(NULL::client_reports, CAST(:rows AS json))"
            ),
            {"rows": as_json(spread(60))},
        )
    migrate.upgrade(fresh.url)
    assert_matches_reports(fresh, DAYS)
    roll_up(fresh)
    assert_matches_reports(fresh, DAYS)


def test_a_busy_database_is_migrated_under_its_writers(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), before_keeping(fresh.url))
    with writing(fresh, store_report, store_sample) as writer:
        command.upgrade(migrate.configuration(fresh.url), LAST_BESIDE_0011)
        migrate.downgrade(fresh.url, before_keeping(fresh.url))
        command.upgrade(migrate.configuration(fresh.url), LAST_BESIDE_0011)
    assert writer.faults == []
    assert count(fresh, "client_reports") == count(fresh, "server_samples") == writer.rounds
    migrate.upgrade(fresh.url)
    command.check(migrate.configuration(fresh.url))


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_a_million_rows_are_migrated_up_and_down_beside_writers(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), before_keeping(fresh.url))
    partitions.ensure(fresh, "client_reports", [NOON.date()])
    store_report(fresh, 1)
    with fresh.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(MILLION))
    with writing(fresh, store_report, store_sample) as writer:
        command.upgrade(migrate.configuration(fresh.url), LAST_BESIDE_0011)
        migrate.downgrade(fresh.url, before_keeping(fresh.url))
        command.upgrade(migrate.configuration(fresh.url), LAST_BESIDE_0011)
    assert writer.faults == []
    assert count(fresh, "client_reports") == writer.rounds + 1 + 1_000_000
    migrate.upgrade(fresh.url)
    with writing(fresh, store_present_report) as writer:
        migrate.downgrade(fresh.url, FIRST_BESIDE_THE_PRESENT)
        migrate.upgrade(fresh.url)
    assert writer.faults == []


def store_present_report(database: Database, _number: int) -> None:
    """One report, as web workers store it now."""
    assert ClientReports(database).insert([a_report()])


ALERT_OF_0009 = """
INSERT INTO alerts (rule_id, rule, severity, labels, label_key, state, since, started_at, seen_at,
                    ended_at, n, was_bad, flips, told_at, told_of_trouble)
VALUES (1, 'Slow', 'warning', '{}', '{}', 'resolved', now(), now(), now(), now(), 0, false, '{}',
        now(), true)
"""


def test_an_evaluation_of_the_version_before_goes_on_beside_the_new_column(fresh: Database) -> None:
    for revision in ("0009", "0010"):
        command.upgrade(migrate.configuration(fresh.url), revision)
        with fresh.transaction() as connection:
            connection.execute(text(ALERT_OF_0009))
    assert count(fresh, "alerts WHERE owes_end") == 0
    migrate.downgrade(fresh.url, "0009")
    assert count(fresh, "alerts") == 2


def upgrading(url: str) -> "subprocess.Popen[bytes]":
    """`alembic upgrade head` in a process of its own, as another node would do it."""
    code = "import sys; from models.database import migrate; migrate.upgrade(sys.argv[1])"
    return subprocess.Popen([sys.executable, "-c", code, url], cwd=CHECKOUT)


def test_two_at_once_wait_for_each_other(fresh: Database) -> None:
    both = [upgrading(fresh.url) for _ in range(2)]
    assert [process.wait(WAIT_SECONDS) for process in both] == [0, 0]
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


def test_a_locked_table_is_not_waited_for_long(fresh: Database) -> None:
    migrate.upgrade(fresh.url)
    with fresh.transaction() as holder:
        holder.execute(text("LOCK TABLE restored_days IN ACCESS SHARE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.downgrade(fresh.url, before_keeping(fresh.url))
    assert count(fresh, "restored_days") == 0


def test_a_failed_migration_is_completed_by_the_next_start(fresh: Database) -> None:
    command.upgrade(migrate.configuration(fresh.url), before_keeping(fresh.url))
    with autocommit_cursor(fresh.url) as cursor:
        cursor.execute("CREATE TABLE exports (stray int)")
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(fresh.url)
    with autocommit_cursor(fresh.url) as cursor:
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


def test_a_detached_day_is_no_schema_difference(fresh: Database) -> None:
    migrate.upgrade(fresh.url)
    ClientReports(fresh).insert([a_report()])
    partitions.detach(fresh, "client_reports", NOON.date())
    command.check(migrate.configuration(fresh.url))
