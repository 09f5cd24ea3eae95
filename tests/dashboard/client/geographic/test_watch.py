"""The rule that watches one country."""

import pytest

from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.services.actions import RuleNameTaken
from analytics.geo.countries import countries
from dashboard.client.geographic.core.metrics import REGION_METRICS, RegionMetric
from dashboard.client.geographic.country import watch
from tests.support.pages.components import text_of
from tests.support.pages.page_services import page_services


@pytest.mark.parametrize("metric", REGION_METRICS.values(), ids=list(REGION_METRICS))
def test_every_metric_has_a_valid_rule(metric: RegionMetric) -> None:
    for code in countries():
        rule = watch.rule_for(metric, code)
        check(rule)
        assert rule.filters == {"country": code}
    assert watch.summary(rule).startswith("It fires when ")


def test_low_success_is_watched_from_below() -> None:
    rule = watch.rule_for(REGION_METRICS["connect_success"], "BR")
    assert (rule.direction, rule.fire) == ("below", 0.95)
    assert rule.name == "Connect success in Brazil under 95.0 %"


def test_nobody_who_is_signed_out_adds_a_rule() -> None:
    rule = watch.rule_for(REGION_METRICS["stability"], "BR")
    assert text_of(watch.add(page_services(), rule)) == "Only an admin may do this."


def test_faults_have_texts() -> None:
    assert {RuleNameTaken} <= {*watch.FAULTS}
    assert issubclass(RuleFault, ValueError)
