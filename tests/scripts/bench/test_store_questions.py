"""The queries of the bench: the product's readers give the figures of the plain SQL beside them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from analytics.ranges.timerange import TimeRange
from analytics.rollups.catch_up import catch_up
from models.database import migrate
from models.database.engine import Database
from scripts.bench import store as bench_store
from scripts.bench import store_load
from scripts.bench.store_questions import BenchQuery, bench_queries
from tests.support.clock import NOON
from tests.support.store.postgres import new_database

DAYS, REPORTS = 2, 240
UNTIL = NOON - timedelta(minutes=6)  # no report lies on an edge of the range
WINDOW = TimeRange(NOON - timedelta(days=DAYS, hours=1), NOON)
COUNT, SENT, SERVER_SENT = 1, 10, 5  # columns of the plain SQL


@pytest.fixture(scope="module")
def store(embedded_url: str, worker_id: str) -> Iterator[Database]:
    """Two days of a few hundred reports, rolled up."""
    url = new_database(embedded_url, f"bench_{worker_id}")
    migrate.upgrade(url)
    database = Database(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_load, "DAYS", DAYS)
        patch.setattr(store_load, "READY_MADE", 20)
        patch.setitem(store_load.COLUMNS, "histogram", 20)
        patch.setattr(store_load, "SAMPLE_SECONDS", 3600)
        store_load.load(database, REPORTS, UNTIL, lambda _: None)
    catch_up(database, NOON + timedelta(minutes=3), timedelta(days=30), lambda _: None)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def queries(store: Database) -> dict[str, BenchQuery]:
    return {query.name: query for query in bench_queries(store, WINDOW)}


def both(query: BenchQuery) -> tuple[Any, Any]:
    """Of the product, and of the plain SQL."""
    assert query.run_on_rows is not None
    return query.run(), query.run_on_rows()


def test_every_report_is_loaded_with_its_session(store: Database) -> None:
    with store.transaction() as connection:
        reports, sessions, listed = connection.execute(
            text(
                "SELECT count(*), count(DISTINCT session_id), (SELECT sum(reports) FROM sessions) "
                "FROM client_reports"
            )
        ).one()
    assert (reports, sessions, listed) == (REPORTS, REPORTS // store_load.REPORTS_PER_SESSION, 240)


@pytest.mark.parametrize(
    "name", ["summary", "summary, one app", "summary, one country", "summary, 24 hours"]
)
def test_a_summary_counts_what_the_rows_add_up_to(
    queries: dict[str, BenchQuery], name: str
) -> None:
    summary, steps = both(queries[name])
    assert summary.reports > 0
    assert summary.reports == sum(step[COUNT] for step in steps)
    assert summary.messages.sent == sum(step[SENT] for step in steps)


def test_messages_of_servers_are_those_of_the_samples(queries: dict[str, BenchQuery]) -> None:
    metrics, steps = both(queries["server metrics"])
    assert metrics.messages.sent > 0
    assert metrics.messages.sent == sum(step[SERVER_SENT] for step in steps if step[1])


def test_percentiles_are_the_same_from_cells_and_rows(queries: dict[str, BenchQuery]) -> None:
    from_cells, from_rows = both(queries["p50, p95, p99 of round trips"])
    assert from_cells == from_rows
    assert from_cells.n == REPORTS * 8


def test_countries_are_ranked_as_a_plain_count_ranks_them(queries: dict[str, BenchQuery]) -> None:
    choices, counted = both(queries["countries to choose"])
    assert set(choices) == {country for country, _ in counted}


@pytest.mark.parametrize("number", range(15))
def test_every_query_runs(store: Database, number: int) -> None:
    query = bench_queries(store, WINDOW)[number]
    assert query.run() is not None
    if query.run_on_rows is not None:
        assert query.run_on_rows()


def test_stores_are_timed_side_by_side(
    store: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_store, "ROUNDS", 1)
    bench_store._run_all([store, store], WINDOW)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(bench_queries(store, WINDOW))


def test_the_chart_is_drawn_from_the_database(store: Database) -> None:
    assert bench_store._chart(store, WINDOW)() > 1000
