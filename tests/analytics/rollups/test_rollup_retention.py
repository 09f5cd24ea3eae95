"""Cells are forgotten by full days: minutes with the raw rows, hours and days much later."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from analytics.query.read_plan import DAY
from analytics.rollups import rollup_retention
from analytics.rollups.catch_up import catch_up
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from settings import Settings
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store
from tests.support.store.sample_factory import sample

SETTINGS = Settings(websocket_metrics_retention_days=1, rollup_retention_days=2)
MIDNIGHT = NOON - timedelta(hours=12)
AGES = (0, 1, 2, 3)  # days before noon


@pytest.fixture
def rolled(database: Database) -> Database:
    """A report and a sample of each of four days, rolled up."""
    moments = [NOON - timedelta(days=age, hours=1) for age in AGES]
    store(database, *(report((40.0,), period_end=at, country="BR") for at in moments))
    ServerSamples(database).insert(
        [sample(period_end=at, app=app) for at in moments for app in ("portal", None)]
    )
    catch_up(database, NOON, timedelta(days=30), lambda _: None)
    return database


def cell_count(database: Database) -> int:
    tables = (*rollup_retention.FINE, *rollup_retention.COARSE)
    count = " + ".join(f"(SELECT count(*) FROM {table.name})" for table in tables)
    ((cells,),) = rows(database, f"SELECT {count}")
    return int(str(cells))


def oldest(database: Database, table: str) -> datetime:
    ((moment,),) = rows(database, f"SELECT min(t) FROM {table}")
    assert isinstance(moment, datetime)
    return moment


def test_minutes_stay_as_long_as_rows_and_hours_longer(rolled: Database) -> None:
    before = cell_count(rolled)
    deleted = rollup_retention.forget(rolled, NOON, SETTINGS)
    for table in ("client_minutes", "server_minutes", "worker_minutes"):
        assert MIDNIGHT - DAY <= oldest(rolled, table) < MIDNIGHT, table
    for table in (
        *("client_hours", "client_days", "client_pair_days"),
        *("session_hours", "server_hours", "worker_days"),
    ):
        assert MIDNIGHT - 2 * DAY <= oldest(rolled, table) < MIDNIGHT - DAY, table
    assert rows(rolled, "SELECT pairs_from FROM rollup_state WHERE source = 'reports'") == [
        (MIDNIGHT - 2 * DAY,)
    ]
    assert cell_count(rolled) == before - deleted
    last_minute = MIDNIGHT + DAY - timedelta(minutes=1)
    assert rollup_retention.forget(rolled, last_minute, SETTINGS) == 0  # full days alone
    assert rollup_retention.forget(rolled, MIDNIGHT + DAY, SETTINGS) > 0


def test_every_table_of_cells_has_a_retention(database: Database) -> None:
    named = {table.name for table in (*rollup_retention.FINE, *rollup_retention.COARSE)}
    with database.transaction() as connection:
        stored = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                 "AND tablename ~ '_(minutes|hours|days)$'")
        ).scalars()  # fmt: skip
        assert set(stored) - {"dirty_minutes", "restored_days"} == named
