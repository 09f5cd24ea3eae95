"""Decides which notice of an alert is due, and what suppresses it.

A suppressed notice is due again at the next evaluation, since only sent notices are recorded. The
end of an alert is evaluated once, so a suppressed resolve is recorded as pending.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from analytics.alerting.policy import planned_restarts
from analytics.alerting.policy.planned_restarts import PlannedRestart
from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import QuietHours, Rule
from analytics.notifications.notice import FIRING_KINDS, NoticeKind
from models.metrics.alert_state import AlertState, State

GROUP_INTERVAL = timedelta(minutes=5)  # alerts of a group in between wait for its next message
DIGEST_INTERVAL = timedelta(hours=1)  # while flapping
JOINS_NEXT = "joins the next message of this rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Suppresses notices from `starts_at` to `ends_at` for alerts of `rule` (`None`: of any rule)
    whose labels include all of `labels`."""

    starts_at: datetime
    ends_at: datetime
    rule: str | None = None
    labels: Labels = field(default_factory=dict)

    def covers(self, rule: str, labels: Labels, now: datetime) -> bool:
        """Whether it silences this alert now."""
        return (
            self.starts_at <= now < self.ends_at
            and self.rule in (None, rule)
            and all(labels.get(name) == value for name, value in self.labels.items())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionContext:
    """All that may suppress a notice. `firing` are the names of rules firing now, `notified_at` the
    time of the last message of the same group. `unreachable`: why nobody can be notified."""

    silences: Sequence[Silence] = ()
    firing: frozenset[str] = frozenset()
    notified_at: datetime | None = None
    unreachable: str | None = None
    planned_restarts: Sequence[PlannedRestart] = ()


def due_notice(rule: Rule, alert_state: AlertState, now: datetime) -> NoticeKind | None:
    """The notice due for this alert unless suppressed; `None` when there is none."""
    if alert_state.state is State.RESOLVED:
        return "resolved" if alert_state.notified_at is not None and rule.notify_resolved else None
    if alert_state.acknowledged is not None and alert_state.acknowledged.is_active(now):
        return None
    notice_for = _NOTICE_BY_STATE.get(alert_state.state)
    return notice_for(rule, alert_state, now) if notice_for else None


def _firing_notice(rule: Rule, alert_state: AlertState, now: datetime) -> NoticeKind | None:
    if not alert_state.firing_notified:
        return "firing"
    return "repeat" if _is_due(rule, alert_state, now) else None


def _flapping_notice(rule: Rule, alert_state: AlertState, now: datetime) -> NoticeKind | None:
    is_new = alert_state.last_notice != "flapping"
    return "flapping" if is_new or _is_due(rule, alert_state, now, DIGEST_INTERVAL) else None


def _no_data_notice(rule: Rule, alert_state: AlertState, _now: datetime) -> NoticeKind | None:
    is_new = rule.no_data == "notify" and alert_state.last_notice != "no_data"
    return "no_data" if is_new else None


def _error_notice(_rule: Rule, alert_state: AlertState, _now: datetime) -> NoticeKind | None:
    return None if alert_state.last_notice == "error" else "error"


_NOTICE_BY_STATE = {
    State.FIRING: _firing_notice,
    State.FLAPPING: _flapping_notice,
    State.NO_DATA: _no_data_notice,
    State.ERROR: _error_notice,
}


def suppressed_by(
    kind: NoticeKind, rule: Rule, labels: Labels, now: datetime, context: SuppressionContext
) -> str | None:
    """The reason why the notice is not sent now; `None` when it is."""
    if context.unreachable is not None:
        return context.unreachable
    if any(silence.covers(rule.name, labels, now) for silence in context.silences):
        return "silenced"
    if (explained := _explained_by(kind, rule, labels, now, context)) is not None:
        return explained
    if rule.quiet_hours is not None and is_quiet(rule.quiet_hours, now):
        return "quiet hours"
    is_recent = context.notified_at is not None and now - context.notified_at < GROUP_INTERVAL
    if is_recent and kind != "resolved":
        return JOINS_NEXT
    return None


def _explained_by(
    kind: NoticeKind, rule: Rule, labels: Labels, now: datetime, context: SuppressionContext
) -> str | None:
    inhibiting = sorted(context.firing.intersection(rule.inhibited_by))
    if inhibiting:
        return f"explained by {inhibiting[0]}"
    restarts, tells_firing = context.planned_restarts, kind in FIRING_KINDS
    if tells_firing and planned_restarts.explain(restarts, rule, labels, now):
        return planned_restarts.EXPLAINED
    return None


def after_notice(alert_state: AlertState, kind: NoticeKind, now: datetime) -> AlertState:
    """The state after the notice was sent."""
    is_firing_notified = alert_state.firing_notified or kind in FIRING_KINDS
    return replace(
        alert_state,
        notified_at=now,
        last_notice=kind,
        firing_notified=is_firing_notified,
        resolve_pending=False,
    )


class ResolveDecision(StrEnum):
    """What becomes of a pending resolve notice: sent now, kept waiting, or dropped."""

    DUE = "due"
    WAIT = "wait"
    DROP = "drop"


def resolve_decision(rule: Rule | None, successor: AlertState | None) -> ResolveDecision:
    """Decides on a resolve suppressed at the end of its alert. `rule` is `None` once removed;
    `successor` is the live alert of the same labels.

    A successor that was notified will be resolved itself, so this resolve is dropped. While it
    fires without a notice, a resolve would be wrong and waits; if it ends so, this one is due.
    """
    if rule is None or not rule.notify_resolved:
        return ResolveDecision.DROP
    if successor is None:
        return ResolveDecision.DUE
    if successor.notified_at is not None:
        return ResolveDecision.DROP
    return ResolveDecision.WAIT if successor.fired_at is not None else ResolveDecision.DUE


def has_ended_unnoticed(alert_state: AlertState) -> bool:
    """Whether an alert fired and is resolved, and no notice said so."""
    return (
        alert_state.state is State.RESOLVED
        and alert_state.fired_at is not None
        and alert_state.notified_at is None
    )


def unsent_reason(
    rule: Rule, labels: Labels, alert_state: AlertState, now: datetime, context: SuppressionContext
) -> str | None:
    """Why an alert that ended unnoticed is left so; `None`: one notice tells that it fired and
    ended. It does so for those that nothing but the wait for the next message suppressed."""
    if alert_state.acknowledged is not None and alert_state.acknowledged.is_active(now):
        return "acknowledged before a message was due"
    restarts, fired_at = context.planned_restarts, alert_state.fired_at
    if fired_at is not None and planned_restarts.explain(restarts, rule, labels, fired_at):
        return planned_restarts.EXPLAINED
    reason = suppressed_by("firing", rule, labels, now, context)
    if reason not in (None, JOINS_NEXT):
        return reason
    return None if rule.notify_resolved else "ended before a message was due"


def is_quiet(hours: QuietHours, now: datetime) -> bool:
    """Whether `now` lies within the quiet hours, in their time zone."""
    clock = now.astimezone(ZoneInfo(hours.zone)).time()
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def group_key(rule_id: int, rule: Rule, kind: NoticeKind) -> str:
    """Alerts with the same key share a message: those of a rule, or no data of a source."""
    return f"no data {rule.source}" if kind == "no_data" else f"rule {rule_id}"


def _is_due(
    rule: Rule, alert_state: AlertState, now: datetime, minimum: timedelta = timedelta()
) -> bool:
    if alert_state.notified_at is None:
        return True
    acknowledgement = alert_state.acknowledged
    if (
        acknowledgement is not None
        and acknowledgement.until is not None
        and alert_state.notified_at < acknowledgement.until
    ):
        return True  # the acknowledgement expired while the alert still fires
    interval = max(timedelta(seconds=rule.repeat_seconds), minimum)
    return rule.repeat_seconds > 0 and now - alert_state.notified_at >= interval
