"""A baseline leaves gauges of processes out of hours with a load test, and nothing else."""

from datetime import timedelta

from analytics.baselines import reading
from analytics.baselines.server_wide import without_load_tests
from analytics.query.engine import Engine
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_hours_with_a_load_test_have_no_gauges_of_processes(database: Database) -> None:
    for hours in (1, 2):
        at = NOON - hours * HOUR + MINUTE
        process = {"cpu_ms": 10, "memory_bytes": 5_000_000, "descriptors": 9, "loop_lag": (3.0,)}
        ServerSamples(database).insert([
            sample(period_end=at, app=None, **process),
            sample(period_end=at, active=4, latency=(20.0,), opened=2),
        ])  # fmt: skip
    with snapshot(database) as connection:
        window = TimeRange(NOON - 2 * HOUR, NOON)
        figures = reading.read(Engine(connection, window), window, "server", {}, "UTC")
    assert without_load_tests(figures, []) is figures
    quiet = without_load_tests(figures, [(NOON - HOUR, NOON - HOUR + MINUTE)]).arrays
    original = figures.arrays
    lag, lag_before = (each.histograms["loop_lag"] for each in (quiet, original))
    assert (lag_before.n[0].tolist(), lag.n[0].tolist()) == ([1, 1], [1, 0])
    assert lag.counts[0, 1].sum() == 0
    assert original.sums["memory_bytes"][0].all()
    assert quiet.sums["memory_bytes"][0].tolist() == [original.sums["memory_bytes"][0][0], 0]
    assert (quiet.sums["opened"] == original.sums["opened"]).all()
    assert (quiet.histograms["latency"].n == original.histograms["latency"].n).all()
