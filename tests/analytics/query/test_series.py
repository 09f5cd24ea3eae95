"""The series registry follows the catalogues; values are computed from sums."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query.client_sums import ClientSeriesRows, client_sums
from analytics.query.series import SERIES, SPLITS, Aggregation, SeriesSource, series_of
from analytics.query.series_sums import CountSums, SeriesSums, compute_series
from analytics.query.server_sums import server_sums
from analytics.ranges.steps import HISTORY_LADDER, step_within
from analytics.ranges.timerange import LONGEST_RANGE, TimeRange
from analytics.stats.merging import StepHistograms
from models.metrics.client_catalogue import CATALOG, METRICS, Kind, Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("metric", CATALOG, ids=lambda metric: metric.key)
def test_every_client_metric_has_a_series(metric: Metric) -> None:
    assert metric.key in {s.metric for s in SERIES.values() if s.source is SeriesSource.CLIENT}


def test_every_server_metric_has_a_series_or_splits_another() -> None:
    charted = {s.metric for s in SERIES.values() if s.source is SeriesSource.SERVER}
    assert {SPLITS.get(metric.key, metric.key) for metric in SERVER_CATALOG} <= charted


def test_the_names_are_those_of_the_contract() -> None:
    assert {
        "active_connections", "opened", "closed", "latency_p95_ms", "message_error_rate",
        "client_drops", "client_connect_success", "client_latency_p95_ms",
    } <= SERIES.keys()  # fmt: skip


def test_names_of_browser_series_begin_with_client() -> None:
    assert all(
        name.startswith("client_") == (series.source is SeriesSource.CLIENT)
        for name, series in SERIES.items()
    )


def test_a_series_inherits_limit_and_direction() -> None:
    assert (SERIES["latency_p95_ms"].threshold, SERIES["latency_p50_ms"].threshold) == (200, None)
    assert SERIES["client_connect_success"].worse is Worse.DOWN
    assert SERIES["client_connect_success"].threshold == METRICS["connect_success"].threshold


def test_a_custom_metric_gets_its_series_by_being_in_the_catalogue() -> None:
    cart = Metric(
        key="cart_items", label="Cart", help="Items.", kind=Kind.GAUGE, fields=("custom.cart",)
    )
    registry = series_of(client=[*CATALOG, cart])
    assert registry.keys() - SERIES.keys() == {"client_cart_items"}
    assert registry["client_cart_items"].aggregation is Aggregation.MEAN


def sums_of(**counts: list[int]) -> SeriesSums:
    steps = len(next(iter(counts.values())))
    return SeriesSums(
        starts=[NOON + MINUTE * index for index in range(steps)],
        reported=[1] * steps,
        seconds=[60.0] * steps,
        span_seconds=60.0 * steps,
        counts={
            name: CountSums([float(v) for v in values], values) for name, values in counts.items()
        },
    )


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=9))
def test_a_share_over_the_range_is_of_sums_not_of_shares(pairs: list[tuple[int, int]]) -> None:
    sums = sums_of(opened=[min(pair) for pair in pairs], attempts=[max(pair) for pair in pairs])
    over_range = compute_series(SERIES["client_connect_success"], sums).over_range
    opened, attempts = sum(map(min, pairs)), sum(map(max, pairs))
    assert over_range.value == (round(opened / attempts, 6) if attempts else None)


def test_a_rate_is_over_the_time_that_was_measured() -> None:
    sums = sums_of(opened=[30, 30])
    sums.seconds, sums.span_seconds = [15.0, 60.0], 75.0
    rate = compute_series(SERIES["opened_per_minute"], sums)
    assert [value.value for _, value in rate.points] == [120, 30]
    assert rate.over_range.value == 48


def test_a_percentile_over_the_range_is_of_the_merged_histogram() -> None:
    sums, latency = sums_of(opened=[0, 0, 0]), StepHistograms(3)
    latency.add_durations(0, [10] * 98, 1)
    latency.add_durations(2, [500] * 2, 1)
    sums.histograms["latency"] = latency
    p95 = compute_series(SERIES["latency_p95_ms"], sums)
    assert [(t, value.n) for t, value in p95.points] == [(NOON, 98), (NOON + 2 * MINUTE, 2)]
    assert p95.over_range.value == pytest.approx(10, rel=0.02)


def test_every_server_series_can_be_computed_from_no_rows() -> None:
    for series in SERIES.values():
        if series.source is SeriesSource.SERVER:
            assert compute_series(series, server_sums([])).over_range.value is None


def test_every_browser_series_can_be_computed_from_no_rows() -> None:
    gauges = [metric.key for metric in CATALOG if metric.kind is Kind.GAUGE]
    series_rows = ClientSeriesRows(gauges=gauges)
    sums = client_sums(series_rows, TimeRange(NOON - MINUTE, NOON), 60)
    for series in SERIES.values():
        if series.source is SeriesSource.CLIENT:
            assert compute_series(series, sums).over_range.value is None


@given(st.integers(2, 1000), st.timedeltas(timedelta(seconds=1), LONGEST_RANGE))
def test_any_range_fits_into_the_requested_points(points: int, length: timedelta) -> None:
    window = TimeRange(NOON - length, NOON)
    step = step_within(window, points)
    finer = HISTORY_LADDER[: HISTORY_LADDER.index(step)]
    assert step.points(window) <= points
    assert all(other.points(window) > points for other in finer)
