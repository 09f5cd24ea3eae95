"""Sums of raw samples per step: counts, gauges over time, concatenated histograms."""

from datetime import timedelta

from models.database.engine import Database
from models.metrics.histogram import bucket_counts
from models.metrics.histogram_codec import packed
from models.metrics.intervals import Interval
from models.raw.sample_insert import ServerSamples
from models.rollups import sample_aggregates
from models.rollups.report_aggregates import Rows
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY: list[Interval] = [(NOON - 12 * HOUR, NOON + 12 * HOUR)]


def by_app(database: Database, level: str = "minute") -> Rows:
    with database.transaction() as connection:
        return sample_aggregates.by_app(connection, level, DAY)


def by_worker(database: Database) -> Rows:
    with database.transaction() as connection:
        return sample_aggregates.by_worker(connection, "minute", DAY)


def test_samples_of_a_minute_add_up_over_workers(database: Database) -> None:
    samples = [sample(instance=name, opened=2, closed={"1006/nobody": 1}) for name in "ab"]
    ServerSamples(database).insert([*samples, sample(period_end=NOON, opened=7)])
    first, second = sorted(by_app(database), key=lambda row: row["t"])
    assert (first["t"], first["samples"], first["opened"], first["closes"]) == (
        NOON - MINUTE,
        2,
        4,
        2,
    )
    assert (second["opened"], second["closed"]) == (7, None)
    assert first["closed"] == [{"1006/nobody": 1}] * 2


def test_a_gauge_counts_as_long_as_its_sample(database: Database) -> None:
    long = sample(active=3, rooms=1, period_start=NOON - 2 * MINUTE)
    ServerSamples(database).insert([sample(active=10, rooms=2), long])
    (row,) = by_app(database)
    assert row["connection_us"] == 10 * 5_000_000 + 3 * 60_000_000
    assert row["room_us"] == 2 * 5_000_000 + 60_000_000
    assert row["sampled_us"] == 65_000_000


def test_histograms_are_joined(database: Database) -> None:
    ServerSamples(database).insert([sample(latency=(40.0, 50.0)), sample(latency=(40.0,))])
    (row,) = by_app(database)
    joined = [
        packed(tuple(counts), tuple(counts.values()))
        for counts in (bucket_counts([40.0, 50.0]), bucket_counts([40.0]))
    ]
    assert bytes(row["latency"]) in (b"".join(joined), b"".join(joined[::-1]))
    assert row["latency_sum_us"] == 130_000


def test_services_and_apps_have_rows_of_their_own_and_processes_none(database: Database) -> None:
    kinds = [("a", "portal"), ("a", "kiosk"), ("b", "portal"), ("a", None)]
    ServerSamples(database).insert([sample(service=name, app=app) for name, app in kinds])
    assert {(row["service"], row["app"]) for row in by_app(database, "hour")} == set(kinds[:3])


def test_a_worker_has_peaks_and_the_time_over_which_its_processor_was_measured(
    database: Database,
) -> None:
    process = {"app": None, "cpu_ms": 900, "memory_bytes": 5, "descriptors": 9}
    ServerSamples(database).insert(
        [sample(**process), sample(**process | {"memory_bytes": 7, "cpu_ms": 100}),
         sample(active=4, sent=2, received=3)]
    )  # fmt: skip
    (row,) = by_worker(database)
    assert (row["cpu_ms"], row["cpu_us"], row["sampled_us"]) == (1000, 10_000_000, 15_000_000)
    assert (row["memory_bytes"], row["descriptors"], row["messages"]) == (7, 9, 5)
    assert row["active_us"] == 20_000_000


def test_no_interval_selects_nothing(database: Database) -> None:
    ServerSamples(database).insert([sample()])
    with database.transaction() as connection:
        assert sample_aggregates.by_app(connection, "minute", []) == []
        assert sample_aggregates.first_sample(connection) == NOON - MINUTE


def test_an_empty_store_has_no_first_sample(database: Database) -> None:
    with database.transaction() as connection:
        assert sample_aggregates.first_sample(connection) is None
