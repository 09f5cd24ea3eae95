"""The texts of alerts."""

from msgspec.structs import replace

from analytics.alerting.rules.rule import ANOMALIES
from dashboard.server.alerts.core import wording
from tests.support.alerts.alert_life import a_rule
from tests.support.pages.alert_lists import an_alert


def test_a_value_stands_with_its_sample() -> None:
    rule = a_rule()
    assert wording.sample_text(1204, rule).startswith("n = 1,204 ")
    assert wording.value_text(an_alert(n=1204), rule).endswith(wording.sample_text(1204, rule))
    assert wording.sample_text(1204, None) == "n = 1,204"


def test_an_alert_of_incidents_has_no_sample_of_its_own() -> None:
    rule = replace(a_rule(), metric=ANOMALIES, aggregation="anomaly")
    assert wording.sample_text(0, rule) == ""
    assert "n =" not in wording.value_text(an_alert(n=0), rule)
