"""Rules on every metric of both catalogues: accepted, evaluated correctly, previewed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.evaluate import observations
from analytics.alerting.rules.formulas import aggregations_of
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import labels_of, metric_of
from analytics.alerting.rules.rule import QUANTILES, Aggregation, Rule, Source
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import SHELL
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.metrics.dimensions import DIMENSIONS, LABEL_DIMENSIONS, SERVER_DIMENSIONS
from models.metrics.metric import Kind
from models.metrics.server_catalogue import SERVER_CATALOG
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.analytics.rollups import test_server_rollups
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_truth import ExpectedValues, Value
from tests.support.alerts.metric_rows import LABEL_PARTS, Row, reports, samples
from tests.support.clock import NOON
from tests.support.store import rollup_truth
from tests.support.store.postgres import truncate_tables

METRICS: list[tuple[Source, str]] = [
    *(("client", metric.key) for metric in CATALOG),
    *(("server", metric.key) for metric in SERVER_CATALOG),
]
COMBINATIONS = [
    (source, key, aggregation)
    for source, key in METRICS
    for aggregation in aggregations_of(source, key)
]
ROWS: dict[str, Sequence[Row]] = {
    "client": reports(np.random.default_rng(7)),
    "server": samples(np.random.default_rng(8)),
}
every_combination = pytest.mark.parametrize(("source", "metric", "aggregation"), COMBINATIONS)


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[Database]:
    """Rows that carry every metric, and their rollups."""
    truncate_tables(database_url)
    database = Database(database_url)
    ClientReports(database).insert(ROWS["client"])  # type: ignore[arg-type]  # reports alone
    ServerSamples(database).insert(ROWS["server"])  # type: ignore[arg-type]  # samples alone
    rollup_truth.roll_up(database)
    test_server_rollups.roll_up(database)
    yield database
    database.dispose()


def rule_variants(source: Source, metric: str, aggregation: Aggregation) -> list[Rule]:
    """Rules on one metric: in total, split and filtered, by dimensions and by its labels."""
    splits: list[dict[str, object]] = [
        {}, {"split_by": "app"}, {"filters": {"app": "portal"}, "window_seconds": 3600}
    ]  # fmt: skip
    splits += [{"split_by": "country", "filters": {"app": "kiosk"}}] if source == "client" else []
    for label in labels_of(source, metric):
        value = LABEL_PARTS.get(label, ("one",))[0]
        splits += [
            {"split_by": label},
            {"split_by": label, "filters": {"app": "portal"}},
            {"split_by": "app", "filters": {label: value}},
            {"filters": {label: value}},
        ]
    others = labels_of(source, metric)[1:]
    splits += [{"split_by": other, "filters": {"code": "1006"}} for other in others]
    return [
        a_rule(name=f"{number}", source=source, metric=metric, aggregation=aggregation, fire=0.5,
               clear=None, **({"window_seconds": 900} | split))
        for number, split in enumerate(splits)
    ]  # fmt: skip


def evaluated_rules(
    store: Database, rules: Sequence[Rule]
) -> Iterator[tuple[Rule, dict[str, Value]]]:
    """The evaluated values of each rule, all loaded at once, where anything was measured."""
    rule_measurements = measurements.load_current(store, rules, NOON)
    assert not rule_measurements.faults
    for rule in rules:
        observed = observations(
            rule,
            rule_measurements.arrays[group_of(rule)],
            rule_measurements.freshness[rule.source],
            [],
            NOON,
        )
        values = {
            "".join(labels.values()): (observation.value, observation.n)
            for labels, observation in observed
        }
        yield rule, {k: (value, n) for k, (value, n) in values.items() if value is not None and n}


def assert_matches_rows(rule: Rule, values: dict[str, Value]) -> None:
    expected = ExpectedValues(rule, ROWS[rule.source], NOON).values()
    rounding = 0.006 if rule.aggregation in QUANTILES else 0.0
    assert expected, rule
    assert {split: n for split, (_, n) in values.items()} == {
        s: n for s, (_, n) in expected.items()
    }
    for split, (value, _) in expected.items():
        assert values[split][0] == pytest.approx(value, rel=1e-9, abs=rounding), (rule, split)


@pytest.mark.parametrize(("source", "metric"), METRICS)
def test_every_metric_has_an_aggregation(source: Source, metric: str) -> None:
    assert aggregations_of(source, metric)


@every_combination
def test_every_rule_is_evaluated_to_the_value_of_the_rows(
    store: Database, source: Source, metric: str, aggregation: Aggregation
) -> None:
    for rule, values in evaluated_rules(store, rule_variants(source, metric, aggregation)):
        assert_matches_rows(rule, values)


@pytest.mark.parametrize("minutes", [1, 2, 7, 30, 59, 60])
def test_non_additive_metrics_are_right_for_any_window(store: Database, minutes: int) -> None:
    both = [
        *rule_variants("client", "stability", "ratio"),
        *rule_variants("client", "close_codes", "rate"),
    ]
    variants = [replace(rule, window_seconds=60 * minutes) for rule in both]
    for rule, values in evaluated_rules(store, variants):
        if ExpectedValues(rule, ROWS["client"], NOON).values():
            assert_matches_rows(rule, values)


@every_combination
def test_every_rule_is_accepted_and_previewed(
    store: Database, source: Source, metric: str, aggregation: Aggregation
) -> None:
    for rule in rule_variants(source, metric, aggregation):
        added = AlertActions(store, lambda: NOON).add_rule(SHELL, rule)
        AlertActions(store, lambda: NOON).remove_rule(SHELL, added.id)
        preview = AlertReports(store, lambda: NOON + timedelta(hours=2)).preview(rule)
        assert any(value is not None for series in preview.series for _, value in series.points), (
            rule
        )
        assert bool(preview.note) == (metric == "stability")


def test_labels_belong_to_counts_and_clash_with_no_dimension() -> None:
    assert not {*LABEL_DIMENSIONS} & {*DIMENSIONS, *SERVER_DIMENSIONS}
    for source, key in METRICS:
        entry = metric_of(source, key)
        assert entry is not None
        assert not entry.split_by or entry.kind is Kind.COUNT
        assert {*entry.split_by} <= {*LABEL_DIMENSIONS}
