"""One evaluation of all rules: measurements to evaluations, evaluations to changes of alerts."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from analytics.alerting.evaluation import incident_rules
from analytics.alerting.evaluation.evaluate import observations
from analytics.alerting.evaluation.measurements import RuleMeasurements
from analytics.alerting.evaluation.rule_baseline import REMOVED
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.lifecycle.state_machine import LifecycleStep, Timing
from analytics.alerting.policy import notify
from analytics.alerting.policy.planned_restarts import PlannedRestart
from analytics.alerting.records import (
    LoadedRule,
    changed_row,
    label_key,
    new_row,
    placeholder_rule,
)
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import Labels
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertKey, AlertRow, LiveLabels
from models.metrics.alert_state import Transition

LONGEST_OVERLAP = timedelta(seconds=60)  # of two evaluations
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


class AlertChange(msgspec.Struct, frozen=True):
    """One alert after the evaluation: its row, transitions and the notice due. `stored` is the row
    before; `None`: the alert is new."""

    loaded_rule: LoadedRule
    stored: AlertRow | None
    row: AlertRow
    transitions: Sequence[Transition] = ()
    notice_kind: NoticeKind | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAlerts:
    """Alerts of the store when the evaluation is written: the live ones, and ended ones whose
    resolve notice is pending. `flips` are the latest times each label set began to fire.
    `unreachable`: channels that reach nobody, and why. `planned_restarts` are of the last day."""

    live: Sequence[AlertRow]
    pending_resolves: Sequence[AlertRow] = ()
    flips: Mapping[AlertKey, tuple[datetime, ...]] = field(default_factory=dict)
    silences: Sequence[notify.Silence] = ()
    unreachable: Mapping[str, str] = field(default_factory=dict)
    planned_restarts: Sequence[PlannedRestart] = ()


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
    live = {row.key: row for row in loaded_alerts.live}
    timings = {rule.id: Timing.of(rule.rule) for rule in rules}
    by_key = {evaluation.key: evaluation for evaluation in evaluations}
    changes = []
    for key, evaluation in by_key.items():
        row, timing = live.get(key), timings[evaluation.loaded_rule.id]
        change = (
            _new_alert(evaluation, timing, loaded_alerts.flips.get(key, ()), now)
            if row is None
            else _continued_alert(evaluation, timing, row, now)
        )
        if change is not None:
            changes.append(change)
    return changes + _retire_unevaluated(rules, by_key, live, now)


def _evaluate_rule(
    loaded_rule: LoadedRule,
    rule_measurements: RuleMeasurements,
    live: Sequence[Labels],
    now: datetime,
) -> list[Evaluation]:
    rule = loaded_rule.rule
    if rule.is_of_anomalies:
        return _of_incidents(loaded_rule, rule_measurements, live)
    group = group_of(rule)
    fault = loaded_rule.fault or rule_measurements.faults.get(group)
    if fault:
        return [_faulty_evaluation(loaded_rule, fault)]
    baseline = None
    if rule.baseline is not None:
        baseline = rule_measurements.baselines.get(rule.baseline)
        if baseline is None:
            return [_faulty_evaluation(loaded_rule, REMOVED)]
    names = {rule.split_by} if rule.split_by else set()
    matching = [labels for labels in live if set(labels) == names]
    evaluations = [
        Evaluation(loaded_rule, labels, observation)
        for labels, observation in observations(
            rule,
            rule_measurements.arrays[group],
            rule_measurements.freshness[group.sender],
            matching,
            now,
            baseline=baseline,
        )
    ]
    if names and any(not labels for labels in live):  # the rule was faulty: an alert without labels
        evaluations.append(
            Evaluation(loaded_rule, {}, Observation(Verdict.CLEAR, reason="can be evaluated again"))
        )
    return evaluations


def _of_incidents(
    loaded_rule: LoadedRule, rule_measurements: RuleMeasurements, live: Sequence[Labels]
) -> list[Evaluation]:
    fault = loaded_rule.fault or rule_measurements.incident_fault
    if fault:
        return [_faulty_evaluation(loaded_rule, fault)]
    observed = incident_rules.observations(loaded_rule.rule, rule_measurements.incidents, live)
    return [Evaluation(loaded_rule, labels, observation) for labels, observation in observed]


def _faulty_evaluation(loaded_rule: LoadedRule, reason: str) -> Evaluation:
    return Evaluation(loaded_rule, {}, Observation(Verdict.FAULTY, reason=reason[:500]))


def _new_alert(
    evaluation: Evaluation, timing: Timing, flips: tuple[datetime, ...], now: datetime
) -> AlertChange | None:
    """`None` while the label set stays inactive."""
    if evaluation.observation.verdict is Verdict.CLEAR:
        return None
    inactive = state_machine.initial_state(now, flips)
    step = state_machine.advance(timing, inactive, evaluation.observation, now)
    if not step.alert_state.is_live:
        return None
    row = new_row(evaluation.loaded_rule, evaluation.labels, step.alert_state)
    return _change_of(evaluation, None, row, step)


def _continued_alert(
    evaluation: Evaluation, timing: Timing, row: AlertRow, now: datetime
) -> AlertChange | None:
    """`None` where a later evaluation is stored already."""
    if _is_overtaken(row, now):
        return None
    alert_state = state_machine.as_of(row.alert_state, now)
    step = state_machine.advance(timing, alert_state, evaluation.observation, now)
    changed = changed_row(row, evaluation.loaded_rule, step.alert_state)
    return _change_of(evaluation, row, changed, step)


def _is_overtaken(row: AlertRow, now: datetime) -> bool:
    """Whether a later evaluation is stored; not one from before the clock was set back."""
    return timedelta() <= row.alert_state.evaluated_at - now < LONGEST_OVERLAP


def _change_of(
    evaluation: Evaluation, stored: AlertRow | None, row: AlertRow, step: LifecycleStep
) -> AlertChange:
    reason = evaluation.observation.reason
    return AlertChange(evaluation.loaded_rule, stored, row, step.transitions, reason=reason)


def _retire_unevaluated(
    rules: Sequence[LoadedRule],
    evaluations: Mapping[AlertKey, Evaluation],
    live: Mapping[AlertKey, AlertRow],
    now: datetime,
) -> list[AlertChange]:
    """Ends live alerts that no rule evaluates any more; those of faulty rules stay live."""
    rule_by_id = {rule.id: rule for rule in rules}
    faulty = {
        rule_id
        for (rule_id, _), evaluation in evaluations.items()
        if evaluation.observation.verdict is Verdict.FAULTY
    }
    retired = []
    for key, row in live.items():
        if key in evaluations or row.rule_id in faulty or _is_overtaken(row, now):
            continue
        rule = rule_by_id.get(row.rule_id)
        step = state_machine.retire(row.alert_state, _retire_reason(rule), now)
        loaded_rule = rule or placeholder_rule(row.rule_id, row.rule, "removed")
        retired_row = replace(row, alert_state=step.alert_state)
        retired.append(AlertChange(loaded_rule, row, retired_row, step.transitions))
    return retired


def _retire_reason(rule: LoadedRule | None) -> str:
    if rule is None:
        return "the rule was removed"
    return "the rule was changed" if rule.rule.enabled else "the rule was switched off"
