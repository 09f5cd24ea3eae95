"""What servers measured is read from cells as the samples themselves add up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.query.server_reader import ServerReader
from analytics.ranges.timerange import TimeRange
from analytics.rollups import server_cells, server_rollup
from analytics.rollups.rebuild import rebuild
from analytics.rollups.server_aggregator import ServerAggregator
from analytics.stats.merging import counts_of
from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.report_queries import snapshot
from models.queries.sample_queries import SampleQueries
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import Histogram, ServerSample
from models.rollups import server_rollups
from tests.conftest import NOON, empty
from tests.models.raw.test_client_reports import rows

KEPT = timedelta(days=30)
DAYS = TimeRange(NOON - timedelta(days=3), NOON + timedelta(minutes=2))
TABLES = ("server_minutes", "server_hours", "server_days", "worker_minutes", "worker_hours")
GLUED = ("latency", "broadcast", "processing", "duration", "loop_lag")


def roll(database: Database, now: datetime = NOON) -> None:
    """Roll up until nothing is left to do."""
    roller = ServerAggregator(database, lambda _: None)
    said = [server_rollup.run(roller, now, KEPT) for _ in range(10)]
    assert said[-1] == "0 minutes, 0 hours, 0 late hours"


def sample(at: datetime, **fields: Any) -> ServerSample:
    given_fields: dict[str, Any] = {
        "sample_id": uuid4(), "period_start": at - timedelta(seconds=5), "period_end": at,
        "received_at": at, "service": OWN_SERVICE, "instance": "one", "app": "portal",
    }  # fmt: skip
    return ServerSample(**(given_fields | fields))


def spread(number: int = 300) -> list[ServerSample]:
    """Samples of three days, of two workers and two services, with everything in them."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(number):
        counts = {int(bucket): int(rng.integers(1, 9)) for bucket in rng.integers(0, 400, 3)}
        found.append(
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
    return found


def answers(ask: SampleQueries) -> list[list[dict[str, Any]]]:
    """Everything asked about the range, histograms added up."""
    found = [
        ask.sums(),
        sorted(ask.process_sums(), key=lambda row: str(row["instance"])),
        *(ask.labels(name) for name in ("closed", "rejected", "errors")),
        ask.kinds(),
        ask.rooms(),
        ask.services(),
    ]
    return [[_plain(row) for row in answer] for answer in found]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    glued = {name: counts_of(row[name]).tolist() for name in GLUED if name in row}
    return {**row, **glued}


def assert_true(database: Database, window: TimeRange, app: str | None = None) -> None:
    """What is read equals what the samples themselves add up to."""
    with snapshot(database) as connection:
        reading = ServerReader(connection, window, app)
        from_rows = SampleQueries(connection, reading.scope, OWN_SERVICE)
        one, other = answers(reading.ask), answers(from_rows)
    if app is not None:  # process figures belong to the worker, whatever the app
        del one[1], other[1]
    assert one == other


moments = st.integers(0, 3 * 86400).map(lambda s: NOON - timedelta(seconds=s))


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Three days of samples, rolled up, with some that came since."""
    empty(database_url)
    database = Database(database_url)
    store = ServerSamples(database)
    store.insert(spread())
    roll(database)
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
    assert_true(rolled, TimeRange(*sorted(ends)), app)


def test_the_whole_range_is_read_as_the_samples_add_up(rolled: Database) -> None:
    assert_true(rolled, DAYS)
    assert_true(rolled, DAYS, "portal")


def test_what_comes_late_changes_the_past(database: Database) -> None:
    store = ServerSamples(database)
    store.insert(spread(50))
    roll(database)
    store.insert([sample(NOON - timedelta(hours=hours), opened=7) for hours in (4, 20, 40)])
    roll(database)
    assert_true(database, DAYS)


def test_made_anew_from_the_samples_every_cell_is_the_same(database: Database) -> None:
    for part in (spread(90)[:50], spread(90)[50:]):
        ServerSamples(database).insert(part)
        roll(database)
    keys = {name: ("app" if name.startswith("server") else "instance") for name in TABLES}

    def cells() -> list[Any]:
        return [
            rows(database, f"SELECT * FROM {n} ORDER BY service, {k}, t") for n, k in keys.items()
        ]

    before = cells()
    rebuild(database, lambda _: None)
    assert cells() == before


def test_a_sample_is_seen_at_once_and_once(database: Database) -> None:
    hour = TimeRange(NOON - timedelta(hours=1), NOON + timedelta(minutes=1))
    for expected in (3, 6):
        ServerSamples(database).insert([sample(NOON - timedelta(minutes=5), opened=3)])
        for _ in range(2):
            with snapshot(database) as connection:
                sums = ServerReader(connection, hour).ask.sums()
            assert sum(row["opened"] for row in sums) == expected
            roll(database)


def test_the_store_and_the_arithmetic_have_the_same_names() -> None:
    assert set(server_cells.COUNTS) == set(server_rollups.COUNTS)
    assert server_cells.DURATIONS == server_rollups.DURATIONS
    assert server_cells.WORKER_COUNTS == server_rollups.WORKER_COUNTS
    assert server_cells.PEAKS == server_rollups.PEAKS
    assert {*server_cells.LABELS, "by_type", "top_rooms"} == set(server_rollups.LABELS)


def test_on_the_first_day_a_range_from_before_it_is_told_by_minutes(database: Database) -> None:
    ServerSamples(database).insert([sample(NOON)])
    roll(database, NOON + timedelta(hours=2))
    asked = TimeRange(NOON - timedelta(hours=22), NOON + timedelta(hours=2))
    with snapshot(database) as connection:
        reading = ServerReader(connection, asked)
    assert (reading.window, reading.step.name) == (asked, "5 minutes")
