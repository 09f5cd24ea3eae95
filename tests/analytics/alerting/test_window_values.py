"""Values of windows: sliding sums, intervals of shares, and a value for every metric."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation.window_values import (
    WindowValues,
    latest_values,
    sliding,
    values_per_step,
)
from analytics.alerting.preview.past import load_history
from analytics.alerting.rules.formulas import UnsupportedFormula, aggregations_of, formula_of
from analytics.alerting.rules.rule import Rule, Source
from analytics.query.arrays import Arrays
from analytics.query.fold import Shape, arrays_of
from analytics.stats.intervals import wilson, wilson_bounds
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.metrics.grid import Grid
from models.metrics.histogram import bucket_counts, dense
from models.metrics.histogram_codec import packed
from models.metrics.server_catalogue import SERVER_CATALOG
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.percentiles import percentile_ms
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import a_sample

MINUTES = Grid.uniform(NOON - timedelta(hours=1), 60, 60)
METRICS = [
    *(("client", metric.key) for metric in CATALOG),
    *(("server", metric.key) for metric in SERVER_CATALOG),
    ("client", "reports"),
    ("server", "samples"),
]
COMBINATIONS = [
    (source, metric, aggregation)
    for source, metric in METRICS
    for aggregation in aggregations_of(source, metric)  # type: ignore[arg-type]  # the two sources
]


def packed_histogram(*values_ms: float) -> bytes:
    counts = bucket_counts(values_ms)
    return packed(tuple(counts), tuple(counts.values()))


def p95(rows: list[tuple[Any, ...]], **fields: Any) -> WindowValues:
    rule = a_rule(window_seconds=120, **fields)
    formula = formula_of("client", "latency_ms", "p95")
    groups = tuple(rule.dimensions)
    columns = ["i", "rate", *(f"d{n}" for n in range(len(groups))), "h0"]
    kinds = ["h0_list", "h0_n", "h0_us"]
    shape = Shape(MINUTES, groups, (), ("latency",))
    arrays = arrays_of([*columns, *kinds], [(*row, None, None, 0) for row in rows], shape)
    return latest_values(rule, formula, arrays)


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 40))
def test_a_sliding_sum_is_that_of_the_steps_of_its_window(amounts: list[int], steps: int) -> None:
    series = np.array([amounts], dtype=np.float64)
    for index in range(len(amounts)):
        expected = sum(amounts[max(0, index - steps + 1) : index + 1])
        assert sliding(series, steps)[0, index] == expected


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5000))
def test_wilson_bounds_equal_the_scalar_interval(part: int, n: int) -> None:
    share = min(part, n) / n
    low, high = wilson_bounds(np.array([share]), np.array([float(n)]))
    assert (low[0], high[0]) == pytest.approx(wilson(share, n))


@settings(deadline=None)
@given(st.lists(st.floats(0, 600_000), min_size=1, max_size=60))
def test_a_percentile_equals_that_of_the_shared_histogram(values: list[float]) -> None:
    window_values = p95([(59, 1.0, packed_histogram(*values))])
    expected = percentile_ms(dense(bucket_counts(values)), 0.95)
    assert window_values.value[0] == pytest.approx(expected, abs=0.006)
    assert window_values.n[0] == len(values)


def test_only_the_window_counts_per_label_set() -> None:
    rows = [
        (57, 1.0, "DE", packed_histogram(900)),
        (58, 1.0, "DE", packed_histogram(50)),
        (59, 1.0, "BR", packed_histogram(300)),
    ]
    window_values = p95(rows, split_by="country")
    assert window_values.value.tolist() == pytest.approx([50, 300], rel=0.02)
    assert window_values.n.tolist() == [1, 1]


def test_a_sampled_report_weighs_more_but_adds_no_more_n() -> None:
    window_values = p95(
        [(59, 0.1, packed_histogram(*[300.0] * 9)), (59, 1.0, packed_histogram(*[50.0] * 5))]
    )
    assert window_values.value[0] == pytest.approx(300, rel=0.02)
    assert window_values.n[0] == 14


def test_a_share_fires_only_beyond_its_confidence_interval() -> None:
    rule = a_rule(metric="connect_success", aggregation="ratio", fire=0.95, clear=None,
                  direction="below", minimum_n=50)  # fmt: skip
    formula = formula_of("client", "connect_success", "ratio")
    for tries, opened, expected in ((50, 46, False), (500, 460, True), (49, 10, False)):
        shape = Shape(MINUTES, (), ("tries", "opened"))
        arrays = arrays_of(("i", "rate", "s0", "s1"), [(59, 1.0, tries, opened)], shape)
        window_values = latest_values(rule, formula, arrays)
        fires, clears, enough = window_values.verdicts(rule)
        assert bool(fires[0] & enough[0]) is expected
        assert not clears[0]


def test_without_measurements_the_value_is_nan() -> None:
    window_values = p95([])
    assert math.isnan(window_values.value[0])
    assert not window_values.verdicts(a_rule())[2][0]


def test_a_rate_is_per_session_hour(database: Database) -> None:
    browsers = [report(reconnect_attempts=1, country="BR") for _ in range(40)]
    ClientReports(database).insert(browsers)
    rule = a_rule(metric="reconnect_attempts", aggregation="rate", window_seconds=300)
    formula = formula_of("client", "reconnect_attempts", "rate")
    window_values = latest_values(rule, formula, load_history(database, rule, MINUTES, 10))
    assert window_values.value[0] == pytest.approx(240)
    assert window_values.n[0] == 40


def test_a_gauge_of_several_workers_is_their_sum_over_time(database: Database) -> None:
    samples = [
        a_sample(NOON - timedelta(seconds=5 * n), instance=name, active=active)
        for n in range(1, 25)
        for name, active in (("one", 30), ("two", 10))
    ]
    ServerSamples(database).insert(samples)
    rule = a_rule(source="server", metric="active", aggregation="mean", window_seconds=60)
    window_values = latest_values(
        rule, formula_of("server", "active", "mean"), load_history(database, rule, MINUTES, 10)
    )
    assert window_values.value[0] == pytest.approx(40)


def test_only_the_largest_label_sets_are_read(database: Database) -> None:
    reports = [report(page=f"/{n}") for n in range(5) for _ in range(n + 1)]
    ClientReports(database).insert(reports)
    rule = a_rule(split_by="page")
    matrix = load_history(database, rule, MINUTES, 2)
    assert {labels["page"] for labels in matrix.labels} == {"/3", "/4"}


@pytest.mark.parametrize(("source", "metric", "aggregation"), COMBINATIONS)
def test_every_metric_of_the_catalogues_has_window_values(
    database: Database, source: Source, metric: str, aggregation: str
) -> None:
    ClientReports(database).insert([report((40.0,), attempts=3, opened=2, recovery_ms=(5, 7))])
    ServerSamples(database).insert([a_sample(NOON - timedelta(seconds=1), sent=3, active=2)])
    rule: Rule = a_rule(source=source, metric=metric, aggregation=aggregation, split_by="app")
    formula = formula_of(source, metric, rule.aggregation)
    window_values = values_per_step(rule, formula, load_history(database, rule, MINUTES, 10))
    assert window_values.value.shape == (1, 60)


def test_an_unsupported_formula_names_the_alternatives() -> None:
    with pytest.raises(UnsupportedFormula, match="can be read as ratio"):
        formula_of("client", "stability", "count")
    with pytest.raises(UnsupportedFormula, match="no 'nonsense'"):
        formula_of("server", "nonsense", "p95")


def test_arrays_index_their_label_sets() -> None:
    arrays = Arrays(labels=[{"country": "BR"}], grid=MINUTES, observed=np.zeros((1, 60)))
    assert arrays.rows == {(("country", "BR"),): 0}
