"""Server figures read from cells equal those summed from raw samples."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.query.engine import Engine
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import Coverage
from analytics.ranges.timerange import TimeRange
from analytics.reports.server_metrics import LABELS, SERIES, TOTALS
from analytics.rollups import server_rollup
from analytics.rollups.rebuild import rebuild
from analytics.rollups.server_aggregator import ServerAggregator
from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.live import LiveQueries
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import Histogram, ServerSample
from tests.support.clock import NOON
from tests.support.store.postgres import rows, truncate_tables
from tests.support.store.rollup_truth import assert_equal, from_cells_and_rows

RETENTION = timedelta(days=30)
METRICS = (*SERIES, *TOTALS)
DAYS = TimeRange(NOON - timedelta(days=3), NOON + timedelta(minutes=2))
TABLES = ("server_minutes", "server_hours", "server_days", "worker_minutes", "worker_hours")


def roll_up(database: Database, now: datetime = NOON) -> None:
    """Roll up until nothing is left to do."""
    aggregator = ServerAggregator(database, lambda _: None)
    progress = [server_rollup.run(aggregator, now, RETENTION) for _ in range(10)]
    assert progress[-1] == "0 minutes, 0 hours, 0 late hours"


def sample(at: datetime, **fields: Any) -> ServerSample:
    defaults: dict[str, Any] = {
        "sample_id": uuid4(), "period_start": at - timedelta(seconds=5), "period_end": at,
        "received_at": at, "service": OWN_SERVICE, "instance": "one", "app": "portal",
    }  # fmt: skip
    return ServerSample(**(defaults | fields))


def spread(number: int = 300) -> list[ServerSample]:
    """Samples of three days, of two workers and two services, with all fields filled."""
    rng = np.random.default_rng(5)
    samples = []
    for _ in range(number):
        counts = {int(bucket): int(rng.integers(1, 9)) for bucket in rng.integers(0, 400, 3)}
        samples.append(
            sample(
                NOON - timedelta(seconds=int(rng.integers(0, 3 * 86400))),
                app=("portal", "kiosk", None)[rng.integers(3)],
                service=(OWN_SERVICE, "chat")[rng.integers(2)],
                instance=("one", "two")[rng.integers(2)],
                active=int(rng.integers(50)), opened=int(rng.integers(9)),
                sent=int(rng.integers(99)), rooms=int(rng.integers(4)),
                closed={"1000/client": int(rng.integers(4)), "1006/nobody": 1},
                errors={"not-json": int(rng.integers(1, 3))}, by_type={"message": (3, 2)},
                top_rooms=[("hall", 2, int(rng.integers(9)))],
                latency=Histogram(counts, 700), loop_lag=Histogram(counts, 300),
                cpu_ms=int(rng.integers(99)), memory_bytes=int(rng.integers(10**9)),
            )
        )  # fmt: skip
    return samples


def assert_matches_samples(database: Database, window: TimeRange, app: str | None = None) -> None:
    """What is read equals the sums of the raw samples."""
    query = Query(
        source=SeriesSource.SERVER, metrics=METRICS, window=window,
        filters={"app": (app,)} if app else {},
    )  # fmt: skip
    assert_equal(*from_cells_and_rows(database, query))
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        from_rows = replace(plan, coverage=Coverage(at=plan.coverage.at))
        assert engine.label_totals(plan, LABELS) == engine.label_totals(from_rows, LABELS)
        assert_equal(engine.processes(plan), engine.processes(from_rows))
        assert_equal(*(engine.arrays(each.over_range(*TOTALS)) for each in (plan, from_rows)))
        live = LiveQueries(connection, plan.coverage.at, app)
        rooms = [live.rooms(engine.total_selection(each)) for each in (plan, from_rows)]
        assert rooms[0] == rooms[1]


moments = st.integers(0, 3 * 86400).map(lambda s: NOON - timedelta(seconds=s))


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Three days of samples, rolled up, with some stored later."""
    truncate_tables(database_url)
    database = Database(database_url)
    store = ServerSamples(database)
    store.insert(spread())
    roll_up(database)
    store.insert([sample(NOON - timedelta(minutes=m), opened=3) for m in (0, 1, 30)])
    yield database
    database.dispose()


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(moments, moments).filter(lambda m: m[0] != m[1]),
    st.sampled_from([None, "portal", "kiosk"]),
)
def test_any_range_is_read_as_the_samples_add_up(
    rolled: Database, ends: tuple[datetime, datetime], app: str | None
) -> None:
    assert_matches_samples(rolled, TimeRange(*sorted(ends)), app)


def test_the_full_range_is_read_as_the_samples_add_up(rolled: Database) -> None:
    assert_matches_samples(rolled, DAYS)
    assert_matches_samples(rolled, DAYS, "portal")


def test_late_samples_change_the_past(database: Database) -> None:
    store = ServerSamples(database)
    store.insert(spread(50))
    roll_up(database)
    store.insert([sample(NOON - timedelta(hours=hours), opened=7) for hours in (4, 20, 40)])
    roll_up(database)
    assert_matches_samples(database, DAYS)


def test_a_rebuild_makes_the_same_cells(database: Database) -> None:
    for part in (spread(90)[:50], spread(90)[50:]):
        ServerSamples(database).insert(part)
        roll_up(database)
    keys = {name: ("app" if name.startswith("server") else "instance") for name in TABLES}

    def cells() -> list[Any]:
        return [
            rows(database, f"SELECT * FROM {n} ORDER BY service, {k}, t") for n, k in keys.items()
        ]

    before = cells()
    rebuild(database, lambda _: None)
    assert cells() == before


def test_a_sample_counts_immediately_and_once(database: Database) -> None:
    hour = TimeRange(NOON - timedelta(hours=1), NOON + timedelta(minutes=1))
    query = Query(source=SeriesSource.SERVER, metrics=METRICS, window=hour)
    for expected in (3, 6):
        ServerSamples(database).insert([sample(NOON - timedelta(minutes=5), opened=3)])
        for _ in range(2):
            with snapshot(database) as connection:
                engine = Engine(connection)
                arrays = engine.arrays(engine.plan(query))
            assert arrays.sums["opened"].sum() == expected
            roll_up(database)


def test_a_range_from_before_the_first_sample_is_read_by_minutes(database: Database) -> None:
    ServerSamples(database).insert([sample(NOON)])
    roll_up(database, NOON + timedelta(hours=2))
    window = TimeRange(NOON - timedelta(hours=22), NOON + timedelta(hours=2))
    with snapshot(database) as connection:
        query = Query(source=SeriesSource.SERVER, metrics=METRICS, window=window)
        plan = Engine(connection).plan(query)
    assert (plan.window, plan.resolution.step.name) == (window, "5 minutes")
