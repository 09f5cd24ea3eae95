"""The past a rule is tried on is the same from rollups as from the rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.gathering import Columns, Grid
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.window_values import at_each_step
from analytics.alerting.preview import preview
from analytics.alerting.preview.past import past
from analytics.alerting.rules.formulas import reading_for, reading_of
from analytics.alerting.rules.labels import labels_of
from analytics.alerting.rules.rule import Aggregation, Rule, Source
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_reports import HistoryReports
from models.database.engine import Database
from models.queries import alert_rollups
from models.queries.alert_windows import WindowQuery
from models.raw.sample_insert import ServerSamples
from tests.analytics.alerting.test_window_values import READABLE
from tests.analytics.rollups import test_server_rollups
from tests.conftest import NOON, empty
from tests.models.raw.test_client_reports import rows
from tests.support import rollup_truth
from tests.support.alerts.alert_life import a_rule

START = NOON - timedelta(days=2)
FINE, COARSE = Grid(START, 300, 570), Grid(START, 3600, 47)
DAYS, HOURLY = TimeRange(NOON - timedelta(days=5), NOON), Step("hour", 3600)
SEEN = {"code": "1006", "closed_by": "client", "status": "403", "type": "message",
        "kind": "not-json"}  # fmt: skip
RAW_ALONE = {"outbox_bytes", "loop_lag", "memory_bytes", "descriptors", "cpu_ms", "page_load_ms"}


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Reports and samples of some days, rolled up."""
    empty(database_url)
    database = Database(database_url)
    rollup_truth.store(database, *rollup_truth.spread(whole=True))
    of_apps = [one for one in test_server_rollups.spread() if one.app is not None]
    ServerSamples(database).insert(of_apps)
    rollup_truth.roll(database)
    test_server_rollups.roll(database)
    yield database
    database.dispose()


def compare(database: Database, rule: Rule, grid: Grid) -> None:
    reading = reading_for(rule)
    found = past(database, rule, grid, 20)
    true = measurements.past(database, rule, grid, 20)
    assert sorted(map(str, found.labels)) == sorted(map(str, true.labels))
    places = [true.places[key] for key in found.places]
    one, other = at_each_step(rule, reading, found), at_each_step(rule, reading, true)
    # Cells add gauges up in steps of 1/65536.
    assert np.allclose(one.value, other.value[places], rtol=1e-9, atol=2e-5, equal_nan=True)
    assert np.array_equal(one.n, other.n[places])


@pytest.mark.parametrize(
    ("source", "metric", "aggregation"), [one for one in READABLE if one[1] != "stability"]
)
def test_every_metric_is_read_the_same(
    rolled: Database, source: Source, metric: str, aggregation: Aggregation
) -> None:
    rule = a_rule(source=source, metric=metric, aggregation=aggregation, window_seconds=900)
    compare(rolled, rule, FINE)
    compare(rolled, a_rule(**_of(rule, split_by="app")), COARSE)
    if source == "client":
        compare(rolled, a_rule(**_of(rule, split_by="country")), COARSE)
    for label in labels_of(source, metric):
        compare(rolled, a_rule(**_of(rule, split_by=label)), COARSE)
        compare(rolled, a_rule(**_of(rule, split_by=label, filters={"app": "portal"})), COARSE)
        compare(rolled, a_rule(**_of(rule, split_by="app", filters={label: SEEN[label]})), FINE)


SPLITS: tuple[dict[str, Any], ...] = (
    {}, {"split_by": "country"}, {"split_by": "app"}, {"filters": {"page": "/3"}},
    {"split_by": "effective_type", "filters": {"app": "portal"}},
)  # fmt: skip


@pytest.mark.parametrize("split", SPLITS, ids=str)
def test_stability_is_tried_on_what_charts_draw(rolled: Database, split: dict[str, Any]) -> None:
    rule = a_rule(metric="stability", aggregation="ratio", fire=0.5, clear=None, **split)
    grid = preview.grid_of(rule, NOON)
    cells = past(rolled, rule, grid, 20)
    measured = at_each_step(rule, reading_for(rule), cells)
    places = RowIndex.of(rule, cells).rows
    assert places
    for key, row in places.items():
        chosen = {**rule.filters, **dict(key)}
        chart = HistoryReports(rolled).history(DAYS, ["client_stability"], chosen, step=HOURLY)
        drawn = chart.drawn["client_stability"].points
        assert [measured.n[row, _hour(grid, at)] for at, _ in drawn] == [one.n for _, one in drawn]
        assert [measured.value[row, _hour(grid, at)] for at, _ in drawn] == pytest.approx(
            [one.value for _, one in drawn], abs=1e-6
        )
        where = "".join(f" AND coalesce({n}, 'unknown') = '{v}'" for n, v in chosen.items())
        told = rows(rolled, f"SELECT count(*) FROM sessions WHERE true{where}")
        assert [(measured.n[row].sum(),)] == told


def _hour(grid: Grid, at: datetime) -> int:
    return int((at - grid.start) / timedelta(hours=1))


def test_with_two_dimensions_sessions_are_told_one_by_one(rolled: Database) -> None:
    rule = a_rule(metric="stability", aggregation="ratio", fire=0.5, clear=None,
                  split_by="country", filters={"effective_type": "4g"})  # fmt: skip
    cells = past(rolled, rule, preview.grid_of(rule, NOON), 20)
    measured = at_each_step(rule, reading_for(rule), cells)
    found = {labels["country"]: measured.n[row].sum() for row, labels in enumerate(cells.labels)
             if labels["effective_type"] == "4g"}  # fmt: skip
    told = rows(rolled, "SELECT coalesce(country, 'unknown'), count(*) FROM sessions "
                "WHERE effective_type = '4g' GROUP BY 1")  # fmt: skip
    assert sorted(found.items()) == sorted(told)


@pytest.mark.parametrize(("source", "metric", "aggregation"), READABLE)
def test_what_is_not_in_cells_is_known(
    source: Source, metric: str, aggregation: Aggregation
) -> None:
    needs = Columns.of([reading_of(source, metric, aggregation)])
    question = WindowQuery(
        source=source, dimensions=(), sums=needs.sums, durations=needs.durations,
        start=START, end=NOON, step=timedelta(minutes=5),
    )  # fmt: skip
    assert alert_rollups.is_kept(question) == (metric not in RAW_ALONE | {"stability"})


def _of(rule: Rule, **changed: object) -> dict[str, object]:
    return {
        "source": rule.source, "metric": rule.metric, "aggregation": rule.aggregation,
        "window_seconds": rule.window_seconds, **changed,
    }  # fmt: skip
