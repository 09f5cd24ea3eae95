"""From cells to values: windows slide, shares carry their interval, every metric is readable."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation.gathering import Columns, Grid, cells_of
from analytics.alerting.evaluation.measurements import past
from analytics.alerting.evaluation.series_matrix import SeriesMatrix, last_window, sliding
from analytics.alerting.evaluation.window_values import (
    Measured,
    at_each_step,
    at_the_end,
    wilson_bounds,
)
from analytics.alerting.rules.formulas import NotReadable, aggregations_of, reading_of
from analytics.alerting.rules.rule import Rule, Source
from analytics.stats.summaries import wilson
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.metrics.histogram import counted, dense, percentile_ms
from models.metrics.server_catalogue import SERVER_CATALOG
from models.raw.client_reports import packed
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.conftest import NOON
from tests.models.raw.test_server_samples import a_sample
from tests.support.alerts.alert_life import a_rule
from tests.support.report_factory import report

MINUTES = Grid(NOON - timedelta(hours=1), 60, 60)
ALL = [
    *(("client", metric.key) for metric in CATALOG),
    *(("server", metric.key) for metric in SERVER_CATALOG),
    ("client", "reports"),
    ("server", "samples"),
]
READABLE = [
    (source, metric, aggregation)
    for source, metric in ALL
    for aggregation in aggregations_of(source, metric)  # type: ignore[arg-type]  # the two sources
]


def glued(*values_ms: float) -> bytes:
    counts = counted(values_ms)
    return packed(tuple(counts), tuple(counts.values()))


def p95(rows: list[tuple[Any, ...]], **fields: Any) -> Measured:
    rule = a_rule(window_seconds=120, **fields)
    reading = reading_of("client", "latency_ms", "p95")
    cells = cells_of(rows, rule.dimensions, Columns.of([reading]), MINUTES)
    return at_the_end(rule, reading, cells)


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 40))
def test_the_last_sliding_window_is_the_last_window(amounts: list[int], steps: int) -> None:
    series = np.array([amounts], dtype=np.float64)
    assert sliding(series, steps)[0, -1] == last_window(series, steps)[0]
    for place in range(len(amounts)):
        expected = sum(amounts[max(0, place - steps + 1) : place + 1])
        assert sliding(series, steps)[0, place] == expected


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5000))
def test_the_bounds_are_those_of_the_summary(part: int, n: int) -> None:
    share = min(part, n) / n
    low, high = wilson_bounds(np.array([share]), np.array([float(n)]))
    assert (low[0], high[0]) == pytest.approx(wilson(share, n))


@settings(deadline=None)
@given(st.lists(st.floats(0, 600_000), min_size=1, max_size=60))
def test_a_percentile_is_that_of_the_shared_histogram(values: list[float]) -> None:
    measured = p95([(59, 1.0, glued(*values))])
    expected = percentile_ms(dense(counted(values)), 0.95)
    assert measured.value[0] == pytest.approx(expected, abs=0.006)
    assert measured.n[0] == len(values)


def test_only_the_window_counts_and_values_apart() -> None:
    rows = [(57, 1.0, "DE", glued(900)), (58, 1.0, "DE", glued(50)), (59, 1.0, "BR", glued(300))]
    measured = p95(rows, split_by="country")
    assert measured.value.tolist() == pytest.approx([50, 300], rel=0.02)
    assert measured.n.tolist() == [1, 1]


def test_a_sampled_report_weighs_more_and_proves_no_more() -> None:
    measured = p95([(59, 0.1, glued(*[300.0] * 9)), (59, 1.0, glued(*[50.0] * 5))])
    assert measured.value[0] == pytest.approx(300, rel=0.02)
    assert measured.n[0] == 14


def test_a_share_fires_only_when_chance_does_not_explain_it() -> None:
    rule = a_rule(metric="connect_success", aggregation="ratio", fire=0.95, clear=None,
                  direction="below", minimum_n=50)  # fmt: skip
    reading = reading_of("client", "connect_success", "ratio")
    needs = Columns.of([reading])
    for attempts, opened, expected in ((50, 46, False), (500, 460, True), (49, 10, False)):
        row = (59, 1.0, *(attempts if name == "attempts" else opened for name in needs.sums))
        measured = at_the_end(rule, reading, cells_of([row], (), needs, MINUTES))
        fires, clears, enough = measured.verdicts(rule)
        assert bool(fires[0] & enough[0]) is expected
        assert not clears[0]


def test_nothing_measured_is_no_value() -> None:
    measured = p95([])
    assert math.isnan(measured.value[0])
    assert not measured.verdicts(a_rule())[2][0]


def test_a_rate_is_per_hour_that_sessions_were_watched(database: Database) -> None:
    browsers = [report(reconnect_attempts=1, country="BR") for _ in range(40)]
    ClientReports(database).insert(browsers)
    rule = a_rule(metric="reconnect_attempts", aggregation="rate", window_seconds=300)
    reading = reading_of("client", "reconnect_attempts", "rate")
    measured = at_the_end(rule, reading, past(database, rule, MINUTES, 10))
    assert measured.value[0] == pytest.approx(240)
    assert measured.n[0] == 40


def test_a_gauge_of_several_workers_is_their_sum_over_time(database: Database) -> None:
    samples = [
        a_sample(NOON - timedelta(seconds=5 * n), instance=name, active=active)
        for n in range(1, 25)
        for name, active in (("one", 30), ("two", 10))
    ]
    ServerSamples(database).insert(samples)
    rule = a_rule(source="server", metric="active", aggregation="mean", window_seconds=60)
    measured = at_the_end(
        rule, reading_of("server", "active", "mean"), past(database, rule, MINUTES, 10)
    )
    assert measured.value[0] == pytest.approx(40)


def test_only_the_largest_values_are_told(database: Database) -> None:
    reports = [report(page=f"/{n}") for n in range(5) for _ in range(n + 1)]
    ClientReports(database).insert(reports)
    rule = a_rule(split_by="page")
    cells = past(database, rule, MINUTES, 2)
    assert {labels["page"] for labels in cells.labels} == {"/3", "/4"}


@pytest.mark.parametrize(("source", "metric", "aggregation"), READABLE)
def test_every_metric_of_the_catalogues_can_be_watched(
    database: Database, source: Source, metric: str, aggregation: str
) -> None:
    ClientReports(database).insert([report((40.0,), attempts=3, opened=2, recovery_ms=(5, 7))])
    ServerSamples(database).insert([a_sample(NOON - timedelta(seconds=1), sent=3, active=2)])
    rule: Rule = a_rule(source=source, metric=metric, aggregation=aggregation, split_by="app")
    reading = reading_of(source, metric, rule.aggregation)
    measured = at_each_step(rule, reading, past(database, rule, MINUTES, 10))
    assert measured.value.shape == (1, 60)


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(NotReadable, match="can be read as ratio"):
        reading_of("client", "stability", "count")
    with pytest.raises(NotReadable, match="no 'nonsense'"):
        reading_of("server", "nonsense", "p95")


def test_cells_know_their_label_sets() -> None:
    cells = SeriesMatrix(NOON, 60, 1, [{"country": "BR"}])
    assert cells.places == {(("country", "BR"),): 0}
