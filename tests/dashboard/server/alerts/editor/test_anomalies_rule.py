"""The new rule on the incidents of a metric that the address of the editor names."""

from dashboard.server.alerts.core.url_state import read_url_state
from dashboard.server.alerts.editor.anomalies_rule import anomalies_rule
from dashboard.server.alerts.editor.rule_form import fields_of, rule_of


def test_the_editor_opens_with_a_rule_on_the_incidents_of_a_metric() -> None:
    state = read_url_state("?list=rules&edit=0&anomalies_of=client%2Flatency_ms&level=medium")
    rule = anomalies_rule(state.anomalies_of, state.level)
    assert rule is not None
    assert (rule.name, rule.metric, rule.aggregation, rule.fire) == (
        "Medium anomaly of round trip", "latency_ms", "anomaly", 1.5,
    )  # fmt: skip
    assert rule_of(fields_of(rule)) == rule
    assert state.editor_address(7) == "?list=rules&edit=7"
    assert read_url_state(state.search()) == state
    for metric, level in ("client/shoes", "high"), ("sea/drops", "high"), ("client/drops", ""):
        assert anomalies_rule(metric, level) is None
