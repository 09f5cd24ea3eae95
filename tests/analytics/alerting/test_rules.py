"""Rules: the ones to begin with are sound, and a rule is the same after the store."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.records import body_of, known, rule_of, version_of
from analytics.alerting.rules.checks import check
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.formulas import aggregations_of, reading_of
from analytics.alerting.rules.rule import QuietHours, Rule
from models.alerts.alert_rules import AlertRules, StoredRule
from models.database.engine import Database
from models.metrics.client_catalogue import METRICS
from tests.conftest import NOON
from tests.support.alerts.alert_life import a_rule

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=80)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_the_rules_to_begin_with_are_sound(rule: Rule) -> None:
    check(rule)
    assert set(rule.inhibited_by) <= {other.name for other in DEFAULT_RULES}


def test_they_have_the_thresholds_of_the_catalogue() -> None:
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
def test_a_rule_is_the_same_after_its_body(rule: Rule) -> None:
    assert rule_of(body_of(rule)) == rule


def test_a_rule_is_the_same_after_the_store(database: Database) -> None:
    rule = a_rule(
        quiet_hours=QuietHours("22:00", "06:00"), inhibited_by=("A", "B"), fire=200.1 + 0.2
    )
    stored = AlertRules(database).add(body_of(rule), "ada", NOON)
    assert known(stored).rule == rule


def test_a_rule_that_can_no_longer_be_read_says_why() -> None:
    stored = StoredRule(1, "Old", 1, {"name": "Old", "colour": "red"}, NOON, NOON, "ada")
    assert known(stored).rule.name == "Old"
    assert "colour" in known(stored).fault
    assert version_of(stored.body) is None


def test_every_way_that_is_named_can_be_read() -> None:
    for metric in METRICS:
        for way in aggregations_of("client", metric):
            assert reading_of("client", metric, way).noun
