"""The history a rule is previewed on is the same from rollups as from raw rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.window_values import values_per_step
from analytics.alerting.preview import preview
from analytics.alerting.preview.past import load_history
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.labels import labels_of
from analytics.alerting.rules.rule import Aggregation, Rule, Source
from analytics.query.engine import Engine
from analytics.query.read_plan import Coverage
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_reports import HistoryReports
from models.database.engine import Database
from models.metrics.grid import Grid
from models.raw.sample_insert import ServerSamples
from tests.analytics.alerting.test_window_values import COMBINATIONS
from tests.analytics.rollups import test_server_rollups
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON
from tests.support.store import rollup_truth
from tests.support.store.postgres import rows, truncate_tables

START = NOON - timedelta(days=2)
FINE, COARSE = Grid.uniform(START, 300, 570), Grid.uniform(START, 3600, 47)
DAYS, HOURLY = TimeRange(NOON - timedelta(days=5), NOON), Step("hour", 3600)
LABEL_VALUES = {"code": "1006", "closed_by": "client", "status": "403", "type": "message",
        "kind": "not-json"}  # fmt: skip


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Reports and samples of some days, rolled up."""
    truncate_tables(database_url)
    database = Database(database_url)
    rollup_truth.store(database, *rollup_truth.spread(unsampled=True))
    of_apps = [sample for sample in test_server_rollups.spread() if sample.app is not None]
    ServerSamples(database).insert(of_apps)
    rollup_truth.roll_up(database)
    test_server_rollups.roll_up(database)
    yield database
    database.dispose()


def assert_same_as_raw_rows(database: Database, rule: Rule, grid: Grid) -> None:
    formula = formula_for(rule)
    history = load_history(database, rule, grid, 20)
    with pytest.MonkeyPatch.context() as without_cells:
        without_cells.setattr(Engine, "coverage", lambda *_: Coverage(at=NOON))
        raw = load_history(database, rule, grid, 20)
    assert sorted(map(str, history.labels)) == sorted(map(str, raw.labels))
    row_order = [raw.rows[key] for key in history.rows]
    actual, expected = values_per_step(rule, formula, history), values_per_step(rule, formula, raw)
    # Rollups store gauges in steps of 1/65536.
    assert np.allclose(
        actual.value, expected.value[row_order], rtol=1e-9, atol=2e-5, equal_nan=True
    )
    assert np.array_equal(actual.n, expected.n[row_order])


@pytest.mark.parametrize(
    ("source", "metric", "aggregation"),
    [combination for combination in COMBINATIONS if combination[1] != "stability"],
)
def test_every_metric_from_rollups_equals_that_of_the_raw_rows(
    rolled: Database, source: Source, metric: str, aggregation: Aggregation
) -> None:
    rule = a_rule(source=source, metric=metric, aggregation=aggregation, window_seconds=900)
    assert_same_as_raw_rows(rolled, rule, FINE)
    assert_same_as_raw_rows(rolled, a_rule(**_of(rule, split_by="app")), COARSE)
    if source == "client":
        assert_same_as_raw_rows(rolled, a_rule(**_of(rule, split_by="country")), COARSE)
    for label in labels_of(source, metric):
        assert_same_as_raw_rows(rolled, a_rule(**_of(rule, split_by=label)), COARSE)
        assert_same_as_raw_rows(
            rolled, a_rule(**_of(rule, split_by=label, filters={"app": "portal"})), COARSE
        )
        assert_same_as_raw_rows(
            rolled, a_rule(**_of(rule, split_by="app", filters={label: LABEL_VALUES[label]})), FINE
        )


SPLITS: tuple[dict[str, Any], ...] = (
    {}, {"split_by": "country"}, {"split_by": "app"}, {"filters": {"page": "/3"}},
    {"split_by": "effective_type", "filters": {"app": "portal"}},
)  # fmt: skip


@pytest.mark.parametrize("split", SPLITS, ids=str)
def test_stability_history_equals_the_charts(rolled: Database, split: dict[str, Any]) -> None:
    rule = a_rule(metric="stability", aggregation="ratio", fire=0.5, clear=None, **split)
    grid = preview.grid_of(rule, NOON)
    matrix = load_history(rolled, rule, grid, 20)
    window_values = values_per_step(rule, formula_for(rule), matrix)
    row_numbers = RowIndex.of(rule, matrix).rows
    assert row_numbers
    for key, row in row_numbers.items():
        filters = {**rule.filters, **dict(key)}
        chart = HistoryReports(rolled).history(DAYS, ["client_stability"], filters, step=HOURLY)
        drawn = chart.series["client_stability"].points
        assert [window_values.n[row, _hour(grid, at)] for at, _ in drawn] == [
            point.n for _, point in drawn
        ]
        assert [window_values.value[row, _hour(grid, at)] for at, _ in drawn] == pytest.approx(
            [point.value for _, point in drawn], abs=1e-6
        )
        where = "".join(f" AND coalesce({n}, 'unknown') = '{v}'" for n, v in filters.items())
        sessions = rows(rolled, f"SELECT count(*) FROM sessions WHERE true{where}")
        assert [(window_values.n[row].sum(),)] == sessions


def _hour(grid: Grid, at: datetime) -> int:
    return int((at - grid.start) / timedelta(hours=1))


def test_stability_over_two_dimensions_counts_sessions(rolled: Database) -> None:
    rule = a_rule(metric="stability", aggregation="ratio", fire=0.5, clear=None,
                  split_by="country", filters={"effective_type": "4g"})  # fmt: skip
    matrix = load_history(rolled, rule, preview.grid_of(rule, NOON), 20)
    window_values = values_per_step(rule, formula_for(rule), matrix)
    counted = {
        labels["country"]: window_values.n[row].sum()
        for row, labels in enumerate(matrix.labels)
        if labels["effective_type"] == "4g"
    }
    sessions = rows(rolled, "SELECT coalesce(country, 'unknown'), count(*) FROM sessions "
                "WHERE effective_type = '4g' GROUP BY 1")  # fmt: skip
    assert sorted(counted.items()) == sorted(sessions)


def _of(rule: Rule, **changed: object) -> dict[str, object]:
    return {
        "source": rule.source, "metric": rule.metric, "aggregation": rule.aggregation,
        "window_seconds": rule.window_seconds, **changed,
    }  # fmt: skip
