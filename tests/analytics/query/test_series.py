"""The series registry follows the catalogues; values are computed from sums."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query import exposure, fold
from analytics.query.arrays import Arrays
from analytics.query.query import Query, SeriesSource
from analytics.query.series import SERIES, SPLITS, Aggregation, series_of
from analytics.query.series_values import NO_VALUE, compute_series
from analytics.ranges.steps import HISTORY_LADDER, step_within
from analytics.ranges.timerange import LONGEST_RANGE, TimeRange
from models.metrics.client_catalogue import CATALOG, METRICS
from models.metrics.grid import Grid
from models.metrics.metric import Kind, Metric, Worse
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


def arrays_of(**sums: list[float]) -> Arrays:
    """Steps of a minute from noon on, each with one row."""
    steps = len(next(iter(sums.values())))
    return Arrays(
        labels=[{}],
        grid=Grid.uniform(NOON, 60, steps),
        observed=np.ones((1, steps)),
        sums={name: np.array([series], dtype=np.float64) for name, series in sums.items()},
    )


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=9))
def test_a_share_over_the_range_is_of_sums_not_of_shares(pairs: list[tuple[int, int]]) -> None:
    arrays = arrays_of(opened=[min(pair) for pair in pairs], tries=[max(pair) for pair in pairs])
    over_range = compute_series(SERIES["client_connect_success"], arrays).over_range
    opened, tries = sum(map(min, pairs)), sum(map(max, pairs))
    assert over_range.value == (round(opened / tries, 6) if tries else None)


def test_a_rate_is_over_the_time_that_was_measured() -> None:
    arrays = arrays_of(opened=[30, 30], covered_ms=[15_000, 60_000], samples=[1, 1])
    rate = compute_series(SERIES["opened_per_minute"], arrays)
    assert [value.value for _, value in rate.points] == [120, 30]
    assert rate.over_range.value == 48


def test_a_percentile_over_the_range_is_of_the_merged_histogram() -> None:
    rows = [(0, 1.0, ",".join(["10"] * 98)), (2, 1.0, "500,500")]
    columns = ["i", "rate", "h0_list", "h0", "h0_n", "h0_us"]
    shape = fold.Shape(Grid.uniform(NOON, 60, 3), (), (), ("latency",))
    arrays = fold.arrays_of(columns, [(*row, None, None, None) for row in rows], shape)
    p95 = compute_series(SERIES["latency_p95_ms"], arrays)
    assert [(t, value.n) for t, value in p95.points] == [(NOON, 98), (NOON + 2 * MINUTE, 2)]
    assert p95.over_range.value == pytest.approx(10, rel=0.02)


def test_no_rows_are_no_zero_and_what_was_not_counted_has_no_value() -> None:
    counted = arrays_of(opened=[0, 4], samples=[0, 1])
    counted = replace(counted, observed=np.array([[0.0, 1.0]]))
    opened = compute_series(SERIES["opened"], counted)
    assert [(t, value.value) for t, value in opened.points] == [(NOON + MINUTE, 4)]
    for series in SERIES.values():
        nothing = compute_series(series, arrays_of(other=[1.0]))
        assert (nothing.points, nothing.over_range) == ([], NO_VALUE)


def test_elapsed_time_is_the_part_of_a_step_that_has_passed() -> None:
    arrays = replace(arrays_of(drops=[1, 2, 0]), observed=np.array([[1.0, 1.0, 0.0]]))
    window = TimeRange(NOON + MINUTE / 4, NOON + 3 * MINUTE)
    of_browsers = exposure.of_browsers(arrays, ["elapsed_ms"], window, NOON + 1.5 * MINUTE)
    assert of_browsers.sums["elapsed_ms"][0].tolist()[:2] == [45_000, 30_000]
    rate = compute_series(SERIES["client_drops_per_minute"], of_browsers)
    assert rate.over_range.value == 2.4  # 3 drops in 75 s


def test_every_process_counts_in_every_app_of_its_service() -> None:
    grid = Grid.uniform(NOON, 60, 1)
    of_apps = Arrays(
        labels=[{"service": "a", "app": "x"}, {"service": "a", "app": "y"}], grid=grid,
        observed=np.ones((2, 1)), sums={"opened": np.array([[1.0], [2.0]])},
    )  # fmt: skip
    of_processes = Arrays(
        labels=[{"service": "a"}, {"service": "b"}], grid=grid, observed=np.array([[3.0], [4.0]]),
    )  # fmt: skip
    joined = exposure.with_processes(of_apps, of_processes)
    assert joined.sums["process_samples"].tolist() == [[3], [3]]
    assert joined.sums["opened"].tolist() == [[1], [2]]


@pytest.mark.parametrize("source", list(SeriesSource))
def test_a_query_needs_the_sums_and_dimensions_that_it_names(source: SeriesSource) -> None:
    formulas = tuple(s.formula for s in SERIES.values() if s.source is source)
    query = Query(
        source=source, metrics=formulas, window=TimeRange(NOON, NOON + MINUTE),
        filters={"app": ("x",)}, group_by=("app",),
    )  # fmt: skip
    assert query.dimensions == ()
    assert {"latency"} <= {*query.durations}
    assert all({*formula.sums} <= {*query.sums} for formula in formulas)


@given(st.integers(2, 1000), st.timedeltas(timedelta(seconds=1), LONGEST_RANGE))
def test_any_range_fits_into_the_requested_points(points: int, length: timedelta) -> None:
    window = TimeRange(NOON - length, NOON)
    step = step_within(window, points)
    finer = HISTORY_LADDER[: HISTORY_LADDER.index(step)]
    assert step.points(window) <= points
    assert all(other.points(window) > points for other in finer)
