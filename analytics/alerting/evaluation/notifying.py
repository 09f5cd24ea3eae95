"""Notices due after an evaluation, and resolve notices suppressed in former evaluations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from analytics.alerting.evaluation.evaluation_round import AlertChange, LoadedAlerts
from analytics.alerting.policy import notify
from analytics.alerting.policy.notify import ResolveDecision
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
    """What may suppress notices of this evaluation: silences, firing rules by name, and by rule id
    the time of the last notice."""

    now: datetime
    silences: Sequence[notify.Silence]
    firing: frozenset[str]
    notified_at: Mapping[int, datetime]

    def suppresses(self, change: AlertChange, kind: NoticeKind) -> bool:
        """Whether the notice is not to be sent now."""
        rule, row = change.loaded_rule.rule, change.row
        context = notify.SuppressionContext(
            silences=self.silences,
            firing=self.firing,
            notified_at=self.notified_at.get(row.rule_id),
        )
        return notify.suppressed_by(kind, rule, row.labels, self.now, context) is not None


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
    return _Suppression(now, loaded_alerts.silences, firing, notified_at)


def _with_due_notice(change: AlertChange, suppression: _Suppression) -> AlertChange:
    kind = notify.due_notice(change.loaded_rule.rule, change.row.alert_state, suppression.now)
    return change if kind is None else _notify_or_defer(change, kind, suppression)


def _notify_or_defer(
    change: AlertChange, kind: NoticeKind, suppression: _Suppression
) -> AlertChange:
    """With the notice unless suppressed. Then a resolve becomes pending; any other notice is due
    again at the next evaluation."""
    alert_state = change.row.alert_state
    if not suppression.suppresses(change, kind):
        notified = notify.after_notice(alert_state, kind, suppression.now)
        return replace(change, row=replace(change.row, alert_state=notified), notice_kind=kind)
    return _with_resolve_pending(change, pending=True) if kind == "resolved" else change


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
