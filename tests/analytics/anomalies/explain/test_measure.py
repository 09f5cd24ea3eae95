"""What events the metrics of the catalogues are made of."""

from datetime import UTC, datetime

import numpy as np
import pytest

from analytics.anomalies.explain.measure import longest_ms, measure_of, usual_bucket
from analytics.query.arrays import Arrays
from analytics.query.query import SeriesSource
from analytics.query.series import SERIES
from analytics.stats.histograms import Histograms
from models.metrics.grid import Grid
from models.metrics.histogram import BUCKETS, bucket_of

CLIENT, SERVER = SeriesSource.CLIENT, SeriesSource.SERVER
GRID = Grid.uniform(datetime(2026, 3, 1, tzinfo=UTC), 3600, 2)


def arrays(**sums: float) -> Arrays:
    return Arrays(
        labels=[{}], grid=GRID, observed=np.ones((1, 2)),
        sums={name: np.full((1, 2), value) for name, value in sums.items()},
    )  # fmt: skip


def test_every_metric_with_a_series_has_events() -> None:
    for source, metric in {(each.source, each.metric) for each in SERIES.values()}:
        measure = measure_of(source, metric)
        assert measure.noun
        assert measure.bad or measure.durations
        assert measure.names
    with pytest.raises(LookupError):
        measure_of(CLIENT, "weather")


def test_of_connect_success_failed_attempts_are_the_events() -> None:
    measure = measure_of(CLIENT, "connect_success")
    bad, among = measure.counts(arrays(failed=10.0, reports=40.0), 0)
    assert (measure.noun, bad[0, 0], among[0, 0]) == ("failed attempts", 10.0, 40.0)


def test_of_other_ratios_that_are_better_high_the_others_are_the_events() -> None:
    measure = measure_of(CLIENT, "stability")
    bad, among = measure.counts(arrays(calm_sessions=90.0, sessions=100.0), 0)
    assert (measure.noun, bad[0, 0], among[0, 0]) == ("sessions with a drop", 10.0, 100.0)


def test_counts_are_among_reports_and_those_of_servers_by_themselves() -> None:
    assert measure_of(CLIENT, "drops").among == ("reports",)
    assert measure_of(CLIENT, "without_connection").among == ("heard_sessions",)
    assert measure_of(CLIENT, "rtt_ms").is_ratio
    assert measure_of(SERVER, "closed").among == ()


def test_of_durations_those_beyond_the_usual_p95_are_the_events() -> None:
    counts = np.zeros((1, 2, BUCKETS))
    counts[0, :, bucket_of(50.0)] = 94
    counts[0, :, bucket_of(200.0)] = 3
    counts[0, :, bucket_of(900.0)] = 3
    histograms = Histograms(counts, counts.sum(axis=-1), np.zeros((1, 2)))
    of = Arrays(
        labels=[{}], grid=GRID, observed=np.ones((1, 2)), histograms={"latency": histograms}
    )  # fmt: skip
    measure = measure_of(CLIENT, "latency_ms")
    bucket = usual_bucket(measure, of)
    assert bucket == bucket_of(200.0)
    assert longest_ms(bucket) == pytest.approx(200.0, rel=0.05)
    bad, among = measure.counts(of, bucket)
    assert (bad.tolist(), among.tolist()) == ([[3.0, 3.0]], [[100.0, 100.0]])
    assert usual_bucket(measure_of(CLIENT, "drops"), of) == 0


@pytest.mark.parametrize(
    ("source", "metric", "noun"),
    [
        (CLIENT, "open_ms", "ms of time open"),
        (SeriesSource.SERVER, "memory_bytes", "bytes of memory"),
        (CLIENT, "drops", "drops"),
    ],
)
def test_amounts_are_named_with_their_unit(source: SeriesSource, metric: str, noun: str) -> None:
    assert measure_of(source, metric).noun == noun
