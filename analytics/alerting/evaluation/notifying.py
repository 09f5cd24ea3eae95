"""Notices due after an evaluation, and resolve notices suppressed in former evaluations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from analytics.alerting.evaluation.evaluation_round import AlertChange, LoadedAlerts
from analytics.alerting.policy import notify
from analytics.alerting.policy.notify import ResolveDecision
from analytics.alerting.policy.planned_restarts import PlannedRestart
from analytics.alerting.records import LoadedRule, placeholder_rule
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertKey, AlertRow
from models.metrics.alert_state import FIRING_STATES

FIRING = frozenset(FIRING_STATES)


def notify_changes(
    rules: Sequence[LoadedRule],
    changes: Sequence[AlertChange],
    loaded_alerts: LoadedAlerts,
    now: datetime,
) -> list[AlertChange]:
    """`changes` with the notices due, their rows recording what was notified or is pending; and
    the changes of ended alerts whose pending resolve is sent or dropped now."""
    suppression = _suppression(changes, loaded_alerts, now)
    notified = [_with_due_notice(change, suppression) for change in changes]
    return notified + _pending_resolves(rules, notified, loaded_alerts, suppression)


@dataclass(frozen=True, slots=True)
class _Suppression:
    """What may suppress notices of this evaluation: silences, firing rules by name, by rule id the
    time of the last notice, channels that reach nobody, label sets whose former alert has its
    resolve notice pending, and planned restarts."""

    now: datetime
    silences: Sequence[notify.Silence]
    firing: frozenset[str]
    notified_at: Mapping[int, datetime]
    unreachable: Mapping[str, str]
    pending: frozenset[AlertKey]
    planned_restarts: Sequence[PlannedRestart]

    def reason(self, change: AlertChange, kind: NoticeKind) -> str | None:
        """Why the notice is not sent now; `None` when it is."""
        rule, row = change.loaded_rule.rule, change.row
        return notify.suppressed_by(kind, rule, row.labels, self.now, self.context_of(change))

    def context_of(self, change: AlertChange) -> notify.SuppressionContext:
        """What may suppress the notices of an alert."""
        return notify.SuppressionContext(
            silences=self.silences,
            firing=self.firing,
            notified_at=self.notified_at.get(change.row.rule_id),
            unreachable=self.unreachable_for(change),
            planned_restarts=self.planned_restarts,
        )

    def unreachable_for(self, change: AlertChange) -> str | None:
        """Why the channels of the rule reach nobody; `None` where one of them does."""
        reasons = [self.unreachable.get(channel) for channel in change.loaded_rule.rule.channels]
        return reasons[0] if reasons and all(reasons) else None


def _suppression(
    changes: Sequence[AlertChange], loaded_alerts: LoadedAlerts, now: datetime
) -> _Suppression:
    notified_at: dict[int, datetime] = {}
    for row in loaded_alerts.live:
        last = row.alert_state.notified_at
        if last is not None:
            notified_at[row.rule_id] = max(last, notified_at.get(row.rule_id, last))
    rows = _latest(changes, loaded_alerts).values()
    firing = frozenset(row.rule for row in rows if row.alert_state.state in FIRING)
    return _Suppression(
        now=now,
        silences=loaded_alerts.silences,
        firing=firing,
        notified_at=notified_at,
        unreachable=loaded_alerts.unreachable,
        pending=frozenset(row.key for row in loaded_alerts.pending_resolves),
        planned_restarts=loaded_alerts.planned_restarts,
    )


def _with_due_notice(change: AlertChange, suppression: _Suppression) -> AlertChange:
    if notify.has_ended_unnoticed(change.row.alert_state):
        return _with_story(change, suppression)
    kind = notify.due_notice(change.loaded_rule.rule, change.row.alert_state, suppression.now)
    return change if kind is None else _notify_or_defer(change, kind, suppression)


def _notify_or_defer(
    change: AlertChange, kind: NoticeKind, suppression: _Suppression
) -> AlertChange:
    """With the notice unless suppressed. Then a resolve becomes pending; any other notice is due
    again at the next evaluation."""
    reason = suppression.reason(change, kind)
    if reason is None:
        return _with_notice(change, kind, suppression)
    if kind == "resolved":
        return _with_resolve_pending(change, pending=True)
    has_just_fired = change.row.alert_state.fired_at == suppression.now
    if has_just_fired and reason == suppression.unreachable_for(change):
        return _not_sent(change, reason)
    return change


def _with_notice(change: AlertChange, kind: NoticeKind, suppression: _Suppression) -> AlertChange:
    notified = notify.after_notice(change.row.alert_state, kind, suppression.now)
    return replace(change, row=replace(change.row, alert_state=notified), notice_kind=kind)


def _with_story(change: AlertChange, suppression: _Suppression) -> AlertChange:
    """Of an alert that ended unnoticed: with one notice of both, or with the reason of none. That
    nobody can be reached was recorded when it fired."""
    row, context = change.row, suppression.context_of(change)
    reason = notify.unsent_reason(
        change.loaded_rule.rule, row.labels, row.alert_state, suppression.now, context
    )
    if reason is None and row.key in suppression.pending:
        reason = "its end is that of the alert before, whose message is due"
    if reason is None:
        return _with_notice(change, "resolved", suppression)
    return change if reason == context.unreachable else _not_sent(change, reason)


def _not_sent(change: AlertChange, reason: str) -> AlertChange:
    """With the reason in the history of the alert, where people look for its messages."""
    if not change.transitions:
        return change
    *others, last = change.transitions
    text = "; ".join(filter(None, [last.reason, f"not sent: {reason}"]))
    return replace(change, transitions=(*others, replace(last, reason=text)))


def _with_resolve_pending(change: AlertChange, *, pending: bool) -> AlertChange:
    alert_state = replace(change.row.alert_state, resolve_pending=pending)
    return replace(change, row=replace(change.row, alert_state=alert_state))


def _pending_resolves(
    rules: Sequence[LoadedRule],
    changes: Sequence[AlertChange],
    loaded_alerts: LoadedAlerts,
    suppression: _Suppression,
) -> list[AlertChange]:
    """Pending resolves of former evaluations that are sent or dropped now."""
    if not loaded_alerts.pending_resolves:
        return []
    rule_by_id = {rule.id: rule for rule in rules}
    latest = _latest(changes, loaded_alerts)
    resolves = (
        _resolve_of(row, rule_by_id.get(row.rule_id), latest.get(row.key), suppression)
        for row in loaded_alerts.pending_resolves
    )
    return [change for change in resolves if change is not None]


def _resolve_of(
    row: AlertRow,
    rule: LoadedRule | None,
    successor: AlertRow | None,
    suppression: _Suppression,
) -> AlertChange | None:
    """`None` while the resolve waits; that of a rule that cannot be read waits until it can."""
    live = successor.alert_state if successor and successor.alert_state.ended_at is None else None
    decision = notify.resolve_decision(rule.rule if rule else None, live)
    change = AlertChange(rule or placeholder_rule(row.rule_id, row.rule, "removed"), row, row)
    if decision is ResolveDecision.DROP:
        return _with_resolve_pending(change, pending=False)
    if decision is ResolveDecision.WAIT or change.loaded_rule.fault:
        return None
    notified = _notify_or_defer(change, "resolved", suppression)
    return notified if notified.notice_kind is not None else None


def _latest(
    changes: Sequence[AlertChange], loaded_alerts: LoadedAlerts
) -> dict[AlertKey, AlertRow]:
    """Formerly live and new alerts as they are after the evaluation."""
    rows = [*loaded_alerts.live, *(change.row for change in changes)]
    return {row.key: row for row in rows}
