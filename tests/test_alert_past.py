"""The past a rule is tried on is the same from rollups as from the rows."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from analytics import alert_figures
from analytics.alert_past import past
from analytics.alerting.gathering import Grid, Needs
from analytics.alerting.measuring import at_each_step
from analytics.alerting.readings import reading_of
from analytics.alerting.rule import Aggregation, Rule, Source
from models import alert_cells
from models.alert_windows import Question
from models.database import Database
from models.sample_insert import ServerSamples
from tests import rollup_truth, test_server_rollups
from tests.alert_life import a_rule
from tests.conftest import NOON, empty
from tests.test_alert_measuring import READABLE

START = NOON - timedelta(days=2)
FINE, COARSE = Grid(START, 300, 570), Grid(START, 3600, 47)
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
    reading = reading_of(rule.source, rule.metric, rule.aggregation)
    found = past(database, rule, grid, 20)
    true = alert_figures.past(database, rule, grid, 20)
    assert sorted(map(str, found.labels)) == sorted(map(str, true.labels))
    places = [true.places[key] for key in found.places]
    one, other = at_each_step(rule, reading, found), at_each_step(rule, reading, true)
    # Cells add gauges up in steps of 1/65536.
    assert np.allclose(one.value, other.value[places], rtol=1e-9, atol=2e-5, equal_nan=True)
    assert np.array_equal(one.n, other.n[places])


@pytest.mark.parametrize(("source", "metric", "aggregation"), READABLE)
def test_every_metric_is_read_the_same(
    rolled: Database, source: Source, metric: str, aggregation: Aggregation
) -> None:
    rule = a_rule(source=source, metric=metric, aggregation=aggregation, window_seconds=900)
    compare(rolled, rule, FINE)
    compare(rolled, a_rule(**_of(rule, split_by="app")), COARSE)
    if source == "client":
        compare(rolled, a_rule(**_of(rule, split_by="country")), COARSE)


@pytest.mark.parametrize(("source", "metric", "aggregation"), READABLE)
def test_what_is_not_in_cells_is_known(
    source: Source, metric: str, aggregation: Aggregation
) -> None:
    needs = Needs.of([reading_of(source, metric, aggregation)])
    question = Question(
        source=source, dimensions=(), sums=needs.sums, durations=needs.durations,
        start=START, end=NOON, step=timedelta(minutes=5),
    )  # fmt: skip
    assert alert_cells.is_kept(question) == (metric not in RAW_ALONE | {"rejected"})


def _of(rule: Rule, **changed: object) -> dict[str, object]:
    return {
        "source": rule.source, "metric": rule.metric, "aggregation": rule.aggregation,
        "window_seconds": rule.window_seconds, **changed,
    }  # fmt: skip
