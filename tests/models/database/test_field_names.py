"""0012 renames tables and columns: every row stays, and the version before goes on writing."""

import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from models.database import migrate, partitions
from models.database.engine import Database
from settings import CHECKOUT
from tests.support.clock import NOON
from tests.support.store.upgrades.migration_writers import (
    WAIT_SECONDS,
    count,
    store_outcome,
    store_report,
    store_sample,
    writing,
)

BEFORE, AFTER = "0011", "0012"
# Name before 0012: name after it.
RENAMED = {
    "alerts": "alerts",
    "exports": "exports",
    "rollup_state": "rollup_state",
    "touched": "dirty_minutes",
    "ingest_minutes": "ingest_outcomes",
    "client_cross_days": "client_cube_days",
}
# A row in each of them, in the words of 0011.
ROWS = """
INSERT INTO alerts (rule_id, rule, severity, labels, label_key, state, since, started_at, seen_at,
                    n, was_bad, flips, told_at, told_as, told_of_trouble, owes_end)
VALUES (1, 'Slow', 'warning', '{"app": "portal"}', '{}', 'firing', :at, :at, :at, 7, true,
        ARRAY[CAST(:at AS timestamptz)], :at, 'firing', true, true);
INSERT INTO exports (id, owner, dataset, start, "end", filters, state, rows_done, asked_at,
                     worked_at)
VALUES (gen_random_uuid(), 'a', 'client-reports', :at, :at, '{}', 'preparing', 5, :at, :at);
INSERT INTO rollup_state (source, settled, crossed, divided_from) VALUES ('reports', :at, :at, :at);
INSERT INTO client_cross_days
SELECT (json_populate_record(NULL::client_cross_days, json_object_agg(attname,
        CASE format_type(atttypid, NULL) WHEN 'text' THEN 'x' WHEN 'bigint' THEN '3'
             WHEN 'double precision' THEN '1.5' ELSE '2026-03-02T00:00:00Z' END))).*
FROM pg_attribute
WHERE attrelid = 'client_cross_days'::regclass AND attnum > 0 AND NOT attisdropped
"""
CATALOGUE = """
SELECT c.relkind::text, c.relname, a.attname FROM pg_class c
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace
ORDER BY 1, 2, 3
"""


def upgrade(database: Database, revision: str) -> None:
    command.upgrade(migrate.configuration(database.url), revision)


def filled(database: Database) -> None:
    """Rows in every table that is renamed, or has a column that is."""
    upgrade(database, BEFORE)
    for table in partitions.PARTITIONED:
        partitions.ensure(database, table, [NOON.date()])
    for store in (store_report, store_sample, store_outcome):
        store(database, 1)
    with database.transaction() as connection:
        for statement in ROWS.split(";"):
            connection.execute(text(statement), {"at": NOON})


def contents(database: Database, *, is_renamed: bool) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables by the table's name before 0012, columns in their order."""
    with database.transaction() as connection:
        return {
            before: [
                tuple(row)
                for row in connection.execute(
                    text(f"SELECT * FROM {after if is_renamed else before} ORDER BY 1, 2")
                )
            ]
            for before, after in RENAMED.items()
        }


def catalogue(database: Database) -> list[tuple[str, ...]]:
    """Names of relations with their columns, and of constraints."""
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(CATALOGUE))]


def test_every_row_survives_the_way_up_and_down(fresh: Database) -> None:
    filled(fresh)
    names, rows = catalogue(fresh), contents(fresh, is_renamed=False)
    assert all(rows.values())
    upgrade(fresh, AFTER)
    assert contents(fresh, is_renamed=True) == rows
    migrate.downgrade(fresh.url, BEFORE)
    assert contents(fresh, is_renamed=False) == rows
    assert catalogue(fresh) == names


def test_no_former_name_is_left_but_the_views(fresh: Database) -> None:
    upgrade(fresh, AFTER)
    names = catalogue(fresh)
    former = [before for before, after in RENAMED.items() if before != after]
    left = {
        (kind, relation)
        for kind, relation, part in names
        if any(word in f"{relation} {part}" for word in former)
    }
    assert left == {("v", "touched"), ("v", "ingest_minutes")}
    columns = {"told_at", "told_as", "told_of_trouble", "owes_end", "seen_at", "asked_at"}
    columns |= {"worked_at", "settled", "crossed", "divided_from"}
    assert [entry for entry in names if entry[0] in "rv" and entry[2] in columns] == []
    named = [part for kind, _, part in names if kind == "constraint"]
    assert [name for name in named if any(f"_{column}_" in name for column in columns)] == []


def test_an_insert_of_the_version_before_adds_the_same_rows(fresh: Database) -> None:
    filled(fresh)
    upgrade(fresh, AFTER)
    for store in (store_report, store_sample, store_outcome):
        store(fresh, 2)
    assert count(fresh, "dirty_minutes WHERE source = 'reports'") == 2
    assert count(fresh, "dirty_minutes WHERE source = 'samples'") == 2
    assert count(fresh, "dirty_minutes WHERE at > now() - interval '1 minute'") == 4
    assert count(fresh, "ingest_outcomes WHERE count = 2") == count(fresh, "ingest_outcomes") == 1
    store_outcome(fresh, 2)
    assert count(fresh, "ingest_outcomes WHERE count = 2") == 1


def test_writers_of_the_version_before_lose_and_double_nothing(fresh: Database) -> None:
    upgrade(fresh, BEFORE)
    with writing(fresh, store_report, store_sample, store_outcome) as writer:
        for _ in range(3):
            upgrade(fresh, AFTER)
            writer.await_rounds(3)
            migrate.downgrade(fresh.url, BEFORE)
            writer.await_rounds(3)
        upgrade(fresh, AFTER)
        writer.await_rounds(3)
    assert writer.faults == []
    assert count(fresh, "client_reports") == count(fresh, "sessions") == writer.rounds
    assert count(fresh, "server_samples") == writer.rounds
    for source in ("reports", "samples"):
        assert count(fresh, f"dirty_minutes WHERE source = '{source}'") == writer.rounds
    assert count(fresh, f"ingest_outcomes WHERE count = {writer.rounds}") == 1
    totals = f"server_totals WHERE name = 'opened' AND value = {writer.rounds}"
    assert count(fresh, totals) == 1


def test_an_evaluation_of_the_version_before_changes_nothing_until_it_is_replaced(
    fresh: Database,
) -> None:
    filled(fresh)
    upgrade(fresh, AFTER)
    evaluation = text("WITH cleared AS (DELETE FROM touched) SELECT id, told_at FROM alerts")
    with pytest.raises(ProgrammingError, match="told_at"), fresh.transaction() as connection:
        connection.execute(evaluation)
    assert count(fresh, "dirty_minutes") == 2


def test_whoever_holds_a_table_may_go_on_to_another_and_holds_up_no_writer(fresh: Database) -> None:
    filled(fresh)
    code = "import sys; from models.database import migrate; migrate.upgrade(sys.argv[1])"
    with fresh.transaction() as rollup:
        rollup.execute(text("SELECT * FROM rollup_state FOR UPDATE"))
        migration = subprocess.Popen([sys.executable, "-c", code, fresh.url], cwd=CHECKOUT)
        pause, waited = threading.Event(), timedelta()
        while count(fresh, "pg_stat_activity WHERE query LIKE 'LOCK TABLE alerts%'") == 0:
            assert migration.poll() is None
            pause.wait(0.05)
            waited += timedelta(seconds=0.05)
            assert waited < timedelta(seconds=WAIT_SECONDS)
        for number in range(2, 7):
            store_report(fresh, number)
            store_outcome(fresh, number)
        rollup.execute(text("DELETE FROM touched"))
        assert migration.poll() is None
    assert migration.wait(WAIT_SECONDS) == 0
    assert count(fresh, "dirty_minutes") == 0
    assert count(fresh, "client_reports") == 6
