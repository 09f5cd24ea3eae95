"""Converts rules, alert states, transitions and silences from and to rows of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from analytics.alerting.lifecycle.alert_state import Acknowledgement, AlertState, State, Transition
from analytics.alerting.policy.notify import Silence
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.formulas import formula_of
from analytics.alerting.rules.rule import Rule
from models.alerts.alert_rules import StoredRule
from models.alerts.alerts import AlertRow, TransitionRow
from models.alerts.silences import StoredSilence


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


def alert_state_of(row: AlertRow) -> AlertState:
    """The state of a stored alert."""
    acknowledgement = None
    if row.ack_by is not None and row.ack_at is not None:
        acknowledgement = Acknowledgement(row.ack_by, row.ack_note or "", row.ack_at, row.ack_until)
    return AlertState(
        state=State(row.state),
        since=row.since,
        started_at=row.started_at,
        evaluated_at=row.evaluated_at,
        fired_at=row.fired_at,
        ended_at=row.ended_at,
        acknowledged=acknowledgement,
        was_bad=row.was_bad,
        flips=row.flips,
        notified_at=row.notified_at,
        last_notice=row.last_notice,
        firing_notified=row.firing_notified,
        resolve_pending=row.resolve_pending,
        value=row.value,
        n=row.n,
    )


def row_with(row: AlertRow, alert_state: AlertState) -> AlertRow:
    """`row` with `alert_state`."""
    acknowledgement = alert_state.acknowledged
    return msgspec.structs.replace(
        row,
        state=str(alert_state.state),
        since=alert_state.since,
        started_at=alert_state.started_at,
        evaluated_at=alert_state.evaluated_at,
        fired_at=alert_state.fired_at,
        ended_at=alert_state.ended_at,
        ack_by=acknowledgement.by if acknowledgement else None,
        ack_note=acknowledgement.note if acknowledgement else None,
        ack_at=acknowledgement.at if acknowledgement else None,
        ack_until=acknowledgement.until if acknowledgement else None,
        was_bad=alert_state.was_bad,
        flips=alert_state.flips,
        notified_at=alert_state.notified_at,
        last_notice=alert_state.last_notice,
        firing_notified=alert_state.firing_notified,
        resolve_pending=alert_state.resolve_pending,
        value=alert_state.value,
        n=alert_state.n,
    )


def new_row(
    loaded_rule: LoadedRule, labels: Mapping[str, str], alert_state: AlertState, alert_id: int = 0
) -> AlertRow:
    """An alert of the rule as it is now; without threshold when the rule cannot be read."""
    row = AlertRow(
        id=alert_id,
        rule_id=loaded_rule.id,
        rule=loaded_rule.rule.name,
        severity=loaded_rule.rule.severity,
        threshold=None if loaded_rule.fault else loaded_rule.rule.fire,
        labels=dict(labels),
        label_key=label_key(labels),
        state=str(alert_state.state),
        since=alert_state.since,
        started_at=alert_state.started_at,
        evaluated_at=alert_state.evaluated_at,
    )
    return row_with(row, alert_state)


def transition_row(alert_id: int, threshold: float | None, change: Transition) -> TransitionRow:
    """A transition as stored."""
    return TransitionRow(
        alert_id=alert_id,
        at=change.at,
        before=str(change.before),
        after=str(change.after),
        value=change.value,
        threshold=threshold,
        n=change.n,
        actor=change.actor,
        reason=change.reason,
    )


def silence_of(stored: StoredSilence) -> Silence:
    """A stored silence."""
    return Silence(
        starts_at=stored.starts_at, ends_at=stored.ends_at, rule=stored.rule, labels=stored.labels
    )
