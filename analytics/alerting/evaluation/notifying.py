"""Notices due after an evaluation, and resolve notices suppressed in former evaluations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from analytics.alerting.evaluation.evaluation_round import AlertChange, AlertKey, LoadedAlerts
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.policy import notify
from analytics.alerting.policy.notify import ResolveDecision
from analytics.alerting.records import LoadedRule, alert_state_of, placeholder_rule, row_with
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertRow

FIRING = frozenset({State.FIRING, State.ACKNOWLEDGED, State.FLAPPING})


def notify_changes(
    rules: Sequence[LoadedRule],
    changes: Sequence[AlertChange],
    loaded_alerts: LoadedAlerts,
    now: datetime,
) -> list[AlertChange]:
    """Sets the notices due in `changes`, and records in the rows what was notified or is pending.

    Returns `changes` and those of ended alerts whose pending resolve is sent or dropped now.
    """
    suppression = _Suppression(changes, loaded_alerts, now)
    for change in changes:
        kind = notify.due_notice(change.loaded_rule.rule, change.alert_state, now)
        if kind is not None:
            _notify_or_defer(change, kind, suppression)
    return [
        *changes,
        *_pending_resolves({rule.id: rule for rule in rules}, changes, loaded_alerts, suppression),
    ]


class _Suppression:
    """What may suppress notices of this evaluation: silences, firing rules, recent notices."""

    def __init__(
        self, changes: Sequence[AlertChange], loaded_alerts: LoadedAlerts, now: datetime
    ) -> None:
        self.now = now
        self._silences = loaded_alerts.silences
        rows = _latest(changes, loaded_alerts).values()
        self._firing = frozenset(row.rule for row in rows if row.state in FIRING)
        self._notified_at: dict[int, datetime] = {}
        for row in loaded_alerts.live:
            if row.notified_at is not None:
                last = self._notified_at.get(row.rule_id, row.notified_at)
                self._notified_at[row.rule_id] = max(row.notified_at, last)

    def suppresses(self, change: AlertChange, kind: NoticeKind) -> bool:
        """Whether the notice is not to be sent now."""
        rule, row = change.loaded_rule.rule, change.row
        context = notify.SuppressionContext(
            silences=self._silences,
            firing=self._firing,
            notified_at=self._notified_at.get(row.rule_id),
        )
        return notify.suppressed_by(kind, rule, row.labels, self.now, context) is not None


def _notify_or_defer(change: AlertChange, kind: NoticeKind, suppression: _Suppression) -> None:
    """Sends the notice unless suppressed. Then a resolve becomes pending; any other notice is due
    again at the next evaluation."""
    if not suppression.suppresses(change, kind):
        change.notice_kind = kind
        change.row = row_with(
            change.row, notify.after_notice(change.alert_state, kind, suppression.now)
        )
    elif kind == "resolved":
        change.row = row_with(change.row, replace(change.alert_state, resolve_pending=True))


def _pending_resolves(
    rules: Mapping[int, LoadedRule],
    changes: Sequence[AlertChange],
    loaded_alerts: LoadedAlerts,
    suppression: _Suppression,
) -> Iterator[AlertChange]:
    """Pending resolves of former evaluations that are sent or dropped now. Those of a rule that
    cannot be read wait until it can."""
    live = {
        key: row for key, row in _latest(changes, loaded_alerts).items() if row.ended_at is None
    }
    for row in loaded_alerts.pending_resolves:
        rule, successor = rules.get(row.rule_id), live.get((row.rule_id, row.label_key))
        decision = notify.resolve_decision(
            rule.rule if rule else None, alert_state_of(successor) if successor else None
        )
        loaded_rule = rule or placeholder_rule(row.rule_id, row.rule, "removed")
        alert_state = alert_state_of(row)
        change = AlertChange(loaded_rule, row, alert_state, ())
        if decision is ResolveDecision.DROP:
            change.row = row_with(row, replace(alert_state, resolve_pending=False))
            yield change
        elif decision is ResolveDecision.DUE and not loaded_rule.fault:
            _notify_or_defer(change, "resolved", suppression)
            if change.notice_kind is not None:
                yield change


def _latest(
    changes: Sequence[AlertChange], loaded_alerts: LoadedAlerts
) -> dict[AlertKey, AlertRow]:
    """Formerly live and new alerts as they are after the evaluation."""
    rows = [*loaded_alerts.live, *(change.row for change in changes)]
    return {(row.rule_id, row.label_key): row for row in rows}
