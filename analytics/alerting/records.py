"""Converts rules, alerts, transitions and silences from and to rows of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from analytics.alerting.policy.notify import Silence
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.formulas import formula_of
from analytics.alerting.rules.rule import Rule
from models.alerts.alert_rules import StoredRule
from models.alerts.alerts import AlertRow, TransitionRow
from models.alerts.silences import StoredSilence
from models.metrics.alert_state import AlertState, Transition


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with its id. `fault` says why a rule cannot be read; `rule` is then a placeholder."""

    id: int
    rule: Rule
    fault: str = ""


def load_rule(stored: StoredRule) -> LoadedRule:
    """A stored rule, validated again: the catalogue may have changed since."""
    try:
        rule = rule_of(stored.body)
        check(rule)
        formula_of(rule.source, rule.metric, rule.aggregation)
    except (msgspec.ValidationError, RuleFault) as fault:
        return placeholder_rule(stored.id, stored.name, str(fault))
    return LoadedRule(stored.id, rule)


def placeholder_rule(rule_id: int, name: str, fault: str) -> LoadedRule:
    """Stands for a rule that was removed or cannot be read; only its name is meaningful."""
    rule = Rule(name=name, source="client", metric="reports", aggregation="count", fire=0)
    return LoadedRule(rule_id, rule, fault)


def rule_of(body: Mapping[str, Any]) -> Rule:
    """The rule of a stored body. Raises `msgspec.ValidationError`."""
    return msgspec.convert(body, Rule)


def version_of(body: Mapping[str, Any] | None) -> Rule | None:
    """A former version of a rule, `None` when it was a removal or is no longer valid."""
    if body is None:
        return None
    try:
        return rule_of(body)
    except msgspec.ValidationError:
        return None


def body_of(rule: Rule) -> dict[str, Any]:
    """The rule as stored, in JSON types."""
    body: dict[str, Any] = msgspec.to_builtins(rule)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in body.items()
    }


def label_key(labels: Mapping[str, str]) -> str:
    """A label set as canonical JSON: names sorted."""
    return msgspec.json.encode(dict(sorted(labels.items()))).decode()


def new_row(
    loaded_rule: LoadedRule, labels: Mapping[str, str], alert_state: AlertState
) -> AlertRow:
    """An alert of the rule that is not stored yet."""
    return AlertRow(
        rule_id=loaded_rule.id,
        labels=dict(labels),
        label_key=label_key(labels),
        alert_state=alert_state,
        **_rule_fields(loaded_rule),
    )


def changed_row(row: AlertRow, loaded_rule: LoadedRule, alert_state: AlertState) -> AlertRow:
    """A stored alert in `alert_state`, of the rule as it is now."""
    return replace(row, alert_state=alert_state, **_rule_fields(loaded_rule))


def transition_row(alert_id: int, threshold: float | None, change: Transition) -> TransitionRow:
    """A transition as stored."""
    return TransitionRow(alert_id=alert_id, threshold=threshold, **asdict(change))


def silence_of(stored: StoredSilence) -> Silence:
    """A stored silence."""
    return Silence(
        starts_at=stored.starts_at, ends_at=stored.ends_at, rule=stored.rule, labels=stored.labels
    )


def _rule_fields(loaded_rule: LoadedRule) -> dict[str, Any]:
    """What an alert records of its rule; no threshold when the rule cannot be read."""
    rule = loaded_rule.rule
    threshold = None if loaded_rule.fault else rule.fire
    return {"rule": rule.name, "severity": rule.severity, "threshold": threshold}
