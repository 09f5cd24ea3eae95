"""Rules: the defaults are valid, and a rule round-trips through the database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.records import body_of, load_rule, rule_of, version_of
from analytics.alerting.rules.checks import check
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.formulas import aggregations_of, formula_of
from analytics.alerting.rules.rule import QuietHours, Rule
from models.alerts.alert_rules import AlertRules, StoredRule
from models.database.engine import Database
from models.metrics.client_catalogue import METRICS
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=80)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_default_rules_are_valid(rule: Rule) -> None:
    check(rule)
    assert set(rule.inhibited_by) <= {other.name for other in DEFAULT_RULES}


def test_default_rules_have_the_thresholds_of_the_catalogue() -> None:
    for rule in DEFAULT_RULES:
        if rule.source == "client" and (metric := METRICS.get(rule.metric)) and metric.threshold:
            assert rule.fire == metric.threshold


@settings(deadline=None)
@given(
    st.builds(
        a_rule,
        name=NAMES,
        fire=st.floats(-1e12, 1e12),
        clear=st.none() | st.floats(-1e12, 1e12),
        recipients=st.lists(st.uuids(), max_size=3).map(tuple),
        filters=st.dictionaries(st.sampled_from(["app", "page"]), NAMES),
        quiet_hours=st.none() | st.just(QuietHours("22:00", "06:00", "Europe/Berlin")),
        runbook=NAMES,
    )
)
def test_a_rule_round_trips_through_its_body(rule: Rule) -> None:
    assert rule_of(body_of(rule)) == rule


def test_a_rule_round_trips_through_the_database(database: Database) -> None:
    rule = a_rule(
        quiet_hours=QuietHours("22:00", "06:00"), inhibited_by=("A", "B"), fire=200.1 + 0.2
    )
    stored = AlertRules(database).add(body_of(rule), "ada", NOON)
    assert load_rule(stored).rule == rule


def test_an_unreadable_rule_has_a_fault() -> None:
    stored = StoredRule(1, "Old", 1, {"name": "Old", "colour": "red"}, NOON, NOON, "ada")
    assert load_rule(stored).rule.name == "Old"
    assert "colour" in load_rule(stored).fault
    assert version_of(stored.body) is None


def test_every_aggregation_has_a_formula() -> None:
    for metric in METRICS:
        for aggregation in aggregations_of("client", metric):
            assert formula_of("client", metric, aggregation).noun
