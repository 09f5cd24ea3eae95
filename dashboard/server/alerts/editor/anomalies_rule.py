"""The new rule that the editor opens with for the incidents of a metric; pure."""

import msgspec
from msgspec.structs import replace

from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.rule import Rule
from analytics.anomalies.detection.severity import LIMITS, Severity


def anomalies_rule(metric: str, level: str) -> Rule | None:
    """A rule on the incidents of `source/key` from a severity on; `None` for what no rule can
    be about."""
    if level not in tuple(Severity):
        return None
    source, _, key = metric.partition("/")
    body = {
        "name": "New rule", "source": source, "metric": key, "aggregation": "anomaly",
        "fire": LIMITS[Severity(level)], "for_seconds": 0, "keep_firing_seconds": 0,
    }  # fmt: skip
    try:
        rule = msgspec.convert(body, Rule)
        check(rule)
    except (msgspec.ValidationError, RuleFault):
        return None
    label = formula_for(rule).label
    return replace(rule, name=f"{level.capitalize()} anomaly of {label[:1].lower()}{label[1:]}")
