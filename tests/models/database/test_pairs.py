"""0013 adds the cells by pairs and drops the views of 0012: beside writers and with rows."""

from alembic import command
from sqlalchemy import text

from models.database import migrate
from models.database.engine import Database
from models.rollups import pair_state
from models.rollups.pair_state import PairDays
from tests.support.clock import NOON
from tests.support.store.upgrades.migration_writers import count, store_report_by_0013, writing

BEFORE, AFTER = "0012", "0013"
VIEWS = "pg_views WHERE viewname IN ('touched', 'ingest_minutes')"
STATE = "INSERT INTO rollup_state (source, complete_until, cube_until) VALUES (:source, :at, :at)"


def test_writers_of_the_version_before_go_on(fresh: Database) -> None:
    configuration = migrate.configuration(fresh.url)
    command.upgrade(configuration, BEFORE)
    with writing(fresh, store_report_by_0013) as writer:
        for _ in range(2):
            command.upgrade(configuration, AFTER)
            assert count(fresh, VIEWS) == 0
            writer.await_rounds(3)
            migrate.downgrade(fresh.url, BEFORE)
            assert count(fresh, VIEWS) == 2
            writer.await_rounds(3)
    assert writer.faults == []
    assert count(fresh, "client_reports") == count(fresh, "touched") == writer.rounds


def test_rows_survive_and_a_scheduler_of_the_version_before_begins_a_source(
    fresh: Database,
) -> None:
    configuration = migrate.configuration(fresh.url)
    command.upgrade(configuration, BEFORE)
    with fresh.transaction() as connection:
        connection.execute(text(STATE), {"source": "reports", "at": NOON})
    command.upgrade(configuration, AFTER)
    with fresh.transaction() as connection:
        connection.execute(text(STATE), {"source": "samples", "at": NOON})
        pair_state.extend(connection, "reports", NOON, NOON)
        pair_state.mark_stale(connection, "reports", NOON)
        assert pair_state.pair_days(connection, "samples") == PairDays()
    migrate.downgrade(fresh.url, BEFORE)
    assert count(fresh, f"rollup_state WHERE complete_until = '{NOON}'") == 2
    command.upgrade(configuration, AFTER)
    with fresh.transaction() as connection:
        assert pair_state.pair_days(connection, "reports") == PairDays()
