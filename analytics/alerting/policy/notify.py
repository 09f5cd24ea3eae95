"""Whether somebody is to be told of an alert now: the wish first, then what holds it back.

A wish that is held comes again with the next look, since only what was told is remembered. The end
of an alert is looked at once, so an end that is held is remembered too, and owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analytics.alerting.lifecycle.alert_state import AlertState, State
from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import QuietHours, Rule
from analytics.notifications.notice import NoticeKind

GROUP_INTERVAL = timedelta(minutes=5)  # what joins a cause meanwhile waits for its next message
DIGEST_INTERVAL = timedelta(hours=1)  # while flapping
_TROUBLE = frozenset({"firing", "repeat", "flapping"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No message from `starts_at` to `ends_at` about alerts of a rule (`None`: of any) whose labels
    hold all of `labels`."""

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
    """All that may hold a message back. `firing` are the names of rules that fire now; `told_at`
    is when a message of the same cause went last."""

    silences: Sequence[Silence] = ()
    firing: frozenset[str] = frozenset()
    told_at: datetime | None = None


def wish(rule: Rule, standing: AlertState, now: datetime) -> NoticeKind | None:
    """What should be told of this alert, if nothing holds it back."""
    if standing.state is State.RESOLVED:
        return "resolved" if standing.told_at is not None and rule.notify_resolved else None
    if standing.acknowledged is not None and standing.acknowledged.holds(now):
        return None
    wishes = {
        State.FIRING: _of_firing,
        State.FLAPPING: _of_flapping,
        State.NO_DATA: _of_no_data,
        State.ERROR: _of_error,
    }
    of_state = wishes.get(standing.state)
    return of_state(rule, standing, now) if of_state else None


def _of_firing(rule: Rule, standing: AlertState, now: datetime) -> NoticeKind | None:
    if not standing.told_of_trouble:
        return "firing"
    return "repeat" if _is_due(rule, standing, now) else None


def _of_flapping(rule: Rule, standing: AlertState, now: datetime) -> NoticeKind | None:
    is_new = standing.told_as != "flapping"
    return "flapping" if is_new or _is_due(rule, standing, now, DIGEST_INTERVAL) else None


def _of_no_data(rule: Rule, standing: AlertState, _now: datetime) -> NoticeKind | None:
    is_wanted = rule.no_data == "notify" and standing.told_as != "no_data"
    return "no_data" if is_wanted else None


def _of_error(_rule: Rule, standing: AlertState, _now: datetime) -> NoticeKind | None:
    return None if standing.told_as == "error" else "error"


def held(
    kind: NoticeKind, rule: Rule, labels: Labels, now: datetime, around: SuppressionContext
) -> str | None:
    """Why it is not told now, in words; `None` when it is."""
    if any(silence.covers(rule.name, labels, now) for silence in around.silences):
        return "silenced"
    explaining = sorted(around.firing.intersection(rule.inhibited_by))
    if explaining:
        return f"explained by {explaining[0]}"
    if rule.quiet_hours is not None and is_quiet(rule.quiet_hours, now):
        return "quiet hours"
    is_fresh = around.told_at is not None and now - around.told_at < GROUP_INTERVAL
    if is_fresh and kind != "resolved":
        return "joins the next message of this rule"
    return None


def told(standing: AlertState, kind: NoticeKind, now: datetime) -> AlertState:
    """The standing after the message."""
    is_known = standing.told_of_trouble or kind in _TROUBLE
    return replace(standing, told_at=now, told_as=kind, told_of_trouble=is_known, owes_end=False)


class ResolveDecision(StrEnum):
    """What becomes of an end that is owed: to be told now, later, or never."""

    DUE = "due"
    EARLY = "early"
    FORGIVEN = "forgiven"


def debt(rule: Rule | None, later: AlertState | None) -> ResolveDecision:
    """An end that could not be told when it came. `rule` is `None` when it is gone; `later` is the
    alert of the same labels that lives by now.

    Whoever hears of that one is to hear of its end, so this one's says no more. While it fires
    unheard, word of an end would be wrong; should it end unheard, this one's is still owed.
    """
    if rule is None or not rule.notify_resolved:
        return ResolveDecision.FORGIVEN
    if later is None:
        return ResolveDecision.DUE
    if later.told_at is not None:
        return ResolveDecision.FORGIVEN
    return ResolveDecision.EARLY if later.fired_at is not None else ResolveDecision.DUE


def is_quiet(hours: QuietHours, now: datetime) -> bool:
    """Whether `now` lies within the quiet hours on the clocks of their zone."""
    clock = now.astimezone(ZoneInfo(hours.zone)).time()
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def group_key(rule_id: int, rule: Rule, kind: NoticeKind) -> str:
    """What has one cause shares a message: all of a rule; silence, all of its source."""
    return f"no data {rule.source}" if kind == "no_data" else f"rule {rule_id}"


def _is_due(
    rule: Rule, standing: AlertState, now: datetime, least: timedelta = timedelta()
) -> bool:
    if standing.told_at is None:
        return True
    given = standing.acknowledged
    if given is not None and given.until is not None and standing.told_at < given.until:
        return True  # whoever took care did not end it in time
    interval = max(timedelta(seconds=rule.repeat_seconds), least)
    return rule.repeat_seconds > 0 and now - standing.told_at >= interval
