"""One evaluation of all rules: measurements to evaluations, evaluations to changes of alerts."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.alerting.evaluation.evaluate import observations
from analytics.alerting.evaluation.measurements import RuleMeasurements
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import AlertState, Observation, Transition, Verdict
from analytics.alerting.policy import notify
from analytics.alerting.records import (
    LoadedRule,
    alert_state_of,
    label_key,
    new_row,
    placeholder_rule,
    row_with,
)
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import Labels
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertRow, LiveLabels

AlertKey = tuple[int, str]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The observation of one rule for one label set."""

    loaded_rule: LoadedRule
    labels: Labels
    observation: Observation

    @property
    def key(self) -> AlertKey:
        """Identifies the alert: rule id and label key."""
        return self.loaded_rule.id, label_key(self.labels)


@dataclass(slots=True)
class AlertChange:
    """One alert after the evaluation: its row (id 0: new), transitions and the notice due."""

    loaded_rule: LoadedRule
    row: AlertRow
    alert_state: AlertState
    transitions: Sequence[Transition]
    notice_kind: NoticeKind | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAlerts:
    """Alerts of the store when the evaluation is written: the live ones, and ended ones whose
    resolve notice is pending. `flips` are the latest times each label set began to fire."""

    live: Sequence[AlertRow]
    pending_resolves: Sequence[AlertRow] = ()
    flips: Mapping[AlertKey, tuple[datetime, ...]] = field(default_factory=dict)
    silences: Sequence[notify.Silence] = ()


def evaluate_rules(
    rules: Iterable[LoadedRule],
    rule_measurements: RuleMeasurements,
    live_alerts: LiveLabels,
    now: datetime,
) -> list[Evaluation]:
    """Evaluations of all enabled rules. A rule that raises becomes faulty without affecting the
    others; it is logged as an error once, not at every evaluation."""
    evaluations: list[Evaluation] = []
    for loaded_rule in rules:
        if not loaded_rule.rule.enabled:
            continue
        try:
            evaluations += _evaluate_rule(
                loaded_rule, rule_measurements, live_alerts.labels.get(loaded_rule.id, ()), now
            )
        except Exception as fault:
            level = logging.DEBUG if loaded_rule.id in live_alerts.faulty else logging.ERROR
            logger.log(level, "rule %s cannot be evaluated", loaded_rule.id, exc_info=True)
            evaluations.append(_faulty_evaluation(loaded_rule, f"{type(fault).__name__}: {fault}"))
    return evaluations


def alert_changes(
    rules: Sequence[LoadedRule],
    evaluations: Sequence[Evaluation],
    loaded_alerts: LoadedAlerts,
    now: datetime,
) -> list[AlertChange]:
    """The changes `evaluations` make to alerts; `notifying` decides on their notices."""
    live = {(row.rule_id, row.label_key): row for row in loaded_alerts.live}
    changes = [
        change
        for evaluation in evaluations
        if (change := _alert_change(evaluation, live.get(evaluation.key), loaded_alerts, now))
        is not None
    ]
    return changes + _retire_unevaluated(rules, evaluations, live, now)


def _evaluate_rule(
    loaded_rule: LoadedRule,
    rule_measurements: RuleMeasurements,
    live: Sequence[Labels],
    now: datetime,
) -> list[Evaluation]:
    rule, group = loaded_rule.rule, group_of(loaded_rule.rule)
    fault = loaded_rule.fault or rule_measurements.faults.get(group)
    if fault:
        return [_faulty_evaluation(loaded_rule, fault)]
    names = {rule.split_by} if rule.split_by else set()
    matching = [labels for labels in live if set(labels) == names]
    evaluations = [
        Evaluation(loaded_rule, labels, observation)
        for labels, observation in observations(
            rule,
            rule_measurements.matrices[group],
            rule_measurements.freshness[rule.source],
            matching,
            now,
        )
    ]
    if names and any(not labels for labels in live):  # the rule was faulty: an alert without labels
        evaluations.append(
            Evaluation(loaded_rule, {}, Observation(Verdict.CLEAR, reason="can be evaluated again"))
        )
    return evaluations


def _faulty_evaluation(loaded_rule: LoadedRule, reason: str) -> Evaluation:
    return Evaluation(loaded_rule, {}, Observation(Verdict.FAULTY, reason=reason[:500]))


def _alert_change(
    evaluation: Evaluation, row: AlertRow | None, loaded_alerts: LoadedAlerts, now: datetime
) -> AlertChange | None:
    """`None` when there is and was no alert, or a later evaluation is stored already."""
    if row is not None and row.evaluated_at >= now:
        return None
    before = (
        alert_state_of(row)
        if row
        else state_machine.initial_state(now, loaded_alerts.flips.get(evaluation.key, ()))
    )
    step = state_machine.advance(
        state_machine.Timing.of(evaluation.loaded_rule.rule), before, evaluation.observation, now
    )
    if row is None and not step.alert_state.is_live:
        return None
    row = new_row(evaluation.loaded_rule, evaluation.labels, step.alert_state, row.id if row else 0)
    return AlertChange(
        evaluation.loaded_rule,
        row,
        step.alert_state,
        step.transitions,
        reason=evaluation.observation.reason,
    )


def _retire_unevaluated(
    rules: Sequence[LoadedRule],
    evaluations: Sequence[Evaluation],
    live: Mapping[AlertKey, AlertRow],
    now: datetime,
) -> list[AlertChange]:
    """Ends live alerts that no rule evaluates any more; those of faulty rules stay live."""
    rule_by_id = {rule.id: rule for rule in rules}
    keys = {evaluation.key for evaluation in evaluations}
    faulty = {
        evaluation.loaded_rule.id
        for evaluation in evaluations
        if evaluation.observation.verdict is Verdict.FAULTY
    }
    retired = []
    for key, row in live.items():
        rule = rule_by_id.get(row.rule_id)
        if key in keys or row.rule_id in faulty or row.evaluated_at >= now:
            continue
        step = state_machine.retire(alert_state_of(row), _retire_reason(rule), now)
        loaded_rule = rule or placeholder_rule(row.rule_id, row.rule, "removed")
        retired_row = row_with(row, step.alert_state)
        retired.append(AlertChange(loaded_rule, retired_row, step.alert_state, step.transitions))
    return retired


def _retire_reason(rule: LoadedRule | None) -> str:
    if rule is None:
        return "the rule was removed"
    return "the rule was changed" if rule.rule.enabled else "the rule was switched off"
