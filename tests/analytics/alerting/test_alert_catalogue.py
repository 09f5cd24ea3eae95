"""Every metric of both catalogues makes a rule: taken, judged by its right value, tried."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.evaluate import looks
from analytics.alerting.rules.formulas import aggregations_of
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import labels_of, metric_of
from analytics.alerting.rules.rule import QUANTILES, Aggregation, Rule, Source
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import SHELL
from models.database.engine import Database
from models.metrics.client_catalogue import (
    CATALOG,
    DIMENSIONS,
    LABEL_DIMENSIONS,
    SERVER_DIMENSIONS,
    Kind,
)
from models.metrics.server_catalogue import SERVER_CATALOG
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.analytics.rollups import test_server_rollups
from tests.conftest import NOON, empty
from tests.support import rollup_truth
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_truth import Truth, Value
from tests.support.alerts.metric_rows import PARTS, Row, reports, samples

METRICS: list[tuple[Source, str]] = [
    *(("client", metric.key) for metric in CATALOG),
    *(("server", metric.key) for metric in SERVER_CATALOG),
]
WAYS = [(s, key, way) for s, key in METRICS for way in aggregations_of(s, key)]
TOLD: dict[str, Sequence[Row]] = {
    "client": reports(np.random.default_rng(7)),
    "server": samples(np.random.default_rng(8)),
}
every_way = pytest.mark.parametrize(("source", "metric", "way"), WAYS)


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[Database]:
    """Rows that carry every metric, rolled up as far as they are."""
    empty(database_url)
    database = Database(database_url)
    ClientReports(database).insert(TOLD["client"])  # type: ignore[arg-type]  # reports alone
    ServerSamples(database).insert(TOLD["server"])  # type: ignore[arg-type]  # samples alone
    rollup_truth.roll(database)
    test_server_rollups.roll(database)
    yield database
    database.dispose()


def rules(source: Source, metric: str, way: Aggregation) -> list[Rule]:
    """On one metric: whole, split, filtered, by dimensions and by each part of its labels."""
    splits: list[dict[str, object]] = [
        {}, {"split_by": "app"}, {"filters": {"app": "portal"}, "window_seconds": 3600}
    ]  # fmt: skip
    splits += [{"split_by": "country", "filters": {"app": "kiosk"}}] if source == "client" else []
    for label in labels_of(source, metric):
        value = PARTS.get(label, ("one",))[0]
        splits += [
            {"split_by": label},
            {"split_by": label, "filters": {"app": "portal"}},
            {"split_by": "app", "filters": {label: value}},
            {"filters": {label: value}},
        ]
    others = labels_of(source, metric)[1:]
    splits += [{"split_by": other, "filters": {"code": "1006"}} for other in others]
    return [
        a_rule(name=f"{place}", source=source, metric=metric, aggregation=way, fire=0.5,
               clear=None, **({"window_seconds": 900} | split))
        for place, split in enumerate(splits)
    ]  # fmt: skip


def judged(store: Database, given: Sequence[Rule]) -> Iterator[tuple[Rule, dict[str, Value]]]:
    """What the evaluation sees of each rule, all asked at once, where anything was measured."""
    figures = measurements.present(store, given, NOON)
    assert not figures.faults
    for rule in given:
        found = looks(rule, figures.cells[group_of(rule)], figures.sights[rule.source], [], NOON)
        told = {"".join(labels.values()): (look.value, look.n) for labels, look in found}
        yield rule, {k: (value, n) for k, (value, n) in told.items() if value is not None and n}


def assert_right(rule: Rule, found: dict[str, Value]) -> None:
    true = Truth(rule, TOLD[rule.source], NOON).values()
    rounding = 0.006 if rule.aggregation in QUANTILES else 0.0
    assert true, rule
    assert {split: n for split, (_, n) in found.items()} == {s: n for s, (_, n) in true.items()}
    for split, (value, _) in true.items():
        assert found[split][0] == pytest.approx(value, rel=1e-9, abs=rounding), (rule, split)


@pytest.mark.parametrize(("source", "metric"), METRICS)
def test_every_metric_can_be_watched(source: Source, metric: str) -> None:
    assert aggregations_of(source, metric)


@every_way
def test_a_rule_on_it_is_judged_by_its_right_value(
    store: Database, source: Source, metric: str, way: Aggregation
) -> None:
    for rule, found in judged(store, rules(source, metric, way)):
        assert_right(rule, found)


@pytest.mark.parametrize("minutes", [1, 2, 7, 30, 59, 60])
def test_any_window_is_right_for_what_does_not_add_up(store: Database, minutes: int) -> None:
    both = [*rules("client", "stability", "ratio"), *rules("client", "close_codes", "rate")]
    given = [replace(rule, window_seconds=60 * minutes) for rule in both]
    for rule, found in judged(store, given):
        if Truth(rule, TOLD["client"], NOON).values():
            assert_right(rule, found)


@every_way
def test_a_rule_on_it_is_taken_and_tried(
    store: Database, source: Source, metric: str, way: Aggregation
) -> None:
    for rule in rules(source, metric, way):
        added = AlertActions(store, lambda: NOON).add_rule(SHELL, rule)
        AlertActions(store, lambda: NOON).remove_rule(SHELL, added.id)
        tried = AlertReports(store, lambda: NOON + timedelta(hours=2)).preview(rule)
        assert any(value is not None for one in tried.series for _, value in one.points), rule
        assert bool(tried.note) == (metric == "stability")


def test_labels_are_of_counts_and_have_names_of_their_own() -> None:
    assert not {*LABEL_DIMENSIONS} & {*DIMENSIONS, *SERVER_DIMENSIONS}
    for source, key in METRICS:
        found = metric_of(source, key)
        assert found is not None
        assert not found.split_by or found.kind is Kind.COUNT
        assert {*found.split_by} <= {*LABEL_DIMENSIONS}
