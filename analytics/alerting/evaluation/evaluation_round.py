"""One round of evaluation: rules and their figures to looks, looks and standings to changes."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.alerting.evaluation.evaluate import looks
from analytics.alerting.evaluation.measurements import Figures
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import AlertState, Observation, Transition, Verdict
from analytics.alerting.policy import notify
from analytics.alerting.records import (
    LoadedRule,
    label_key,
    new_row,
    row_with,
    stand_in,
    standing_of,
)
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import Labels
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertRow, Living

AlertKey = tuple[int, str]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one rule sees of one label set."""

    known: LoadedRule
    labels: Labels
    seen: Observation

    @property
    def key(self) -> AlertKey:
        """Which alert it concerns."""
        return self.known.id, label_key(self.labels)


@dataclass(slots=True)
class Change:
    """One alert after the round: its row (id 0: a new one), what happened and what is told."""

    known: LoadedRule
    row: AlertRow
    standing: AlertState
    transitions: Sequence[Transition]
    kind: NoticeKind | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAlerts:
    """What the store holds when the round is written down: live alerts, and those `owing` their
    end."""

    live: Sequence[AlertRow]
    owing: Sequence[AlertRow] = ()
    flips: Mapping[AlertKey, tuple[datetime, ...]] = field(default_factory=dict)
    silences: Sequence[notify.Silence] = ()


def look_at(
    rules: Iterable[LoadedRule], figures: Figures, living: Living, now: datetime
) -> list[Evaluation]:
    """The looks of all rules that are on. One that raises is seen as faulty, alone; the log hears
    of it once."""
    found: list[Evaluation] = []
    for known in rules:
        if not known.rule.enabled:
            continue
        try:
            found += _looks_of(known, figures, living.labels.get(known.id, ()), now)
        except Exception as fault:
            level = logging.DEBUG if known.id in living.faulty else logging.ERROR
            logger.log(level, "rule %s cannot be evaluated", known.id, exc_info=True)
            found.append(_faulty(known, f"{type(fault).__name__}: {fault}"))
    return found


def changes(
    rules: Sequence[LoadedRule], seen: Sequence[Evaluation], store: LoadedAlerts, now: datetime
) -> list[Change]:
    """What the looks make of every alert; who is told of it is another question."""
    live = {(row.rule_id, row.label_key): row for row in store.live}
    made = [
        change
        for look in seen
        if (change := _change(look, live.get(look.key), store, now)) is not None
    ]
    return made + _put_away(rules, seen, live, now)


def _looks_of(
    known: LoadedRule, figures: Figures, live: Sequence[Labels], now: datetime
) -> list[Evaluation]:
    rule, group = known.rule, group_of(known.rule)
    fault = known.fault or figures.faults.get(group)
    if fault:
        return [_faulty(known, fault)]
    names = {rule.split_by} if rule.split_by else set()
    fitting = [labels for labels in live if set(labels) == names]
    found = [
        Evaluation(known, labels, observation)
        for labels, observation in looks(
            rule, figures.cells[group], figures.sights[rule.source], fitting, now
        )
    ]
    if names and any(not labels for labels in live):  # it was faulty as a whole
        found.append(
            Evaluation(known, {}, Observation(Verdict.CLEAR, reason="can be evaluated again"))
        )
    return found


def _faulty(known: LoadedRule, reason: str) -> Evaluation:
    return Evaluation(known, {}, Observation(Verdict.FAULTY, reason=reason[:500]))


def _change(
    look: Evaluation, row: AlertRow | None, store: LoadedAlerts, now: datetime
) -> Change | None:
    """`None` where nothing is wrong and nothing was, or somebody else looked later."""
    if row is not None and row.seen_at >= now:
        return None
    before = standing_of(row) if row else state_machine.begin(now, store.flips.get(look.key, ()))
    step = state_machine.advance(state_machine.Timing.of(look.known.rule), before, look.seen, now)
    if row is None and not step.standing.is_live:
        return None
    row = new_row(look.known, look.labels, step.standing, row.id if row else 0)
    return Change(look.known, row, step.standing, step.transitions, reason=look.seen.reason)


def _put_away(
    rules: Sequence[LoadedRule],
    seen: Sequence[Evaluation],
    live: Mapping[AlertKey, AlertRow],
    now: datetime,
) -> list[Change]:
    """Live alerts no rule looks at any more. A faulty rule's go on: nobody knows about them."""
    known = {rule.id: rule for rule in rules}
    keys = {look.key for look in seen}
    faulty = {look.known.id for look in seen if look.seen.verdict is Verdict.FAULTY}
    gone = []
    for key, row in live.items():
        rule = known.get(row.rule_id)
        if key in keys or row.rule_id in faulty or row.seen_at >= now:
            continue
        step = state_machine.put_away(standing_of(row), _why_away(rule), now)
        owner = rule or stand_in(row.rule_id, row.rule, "removed")
        ended = row_with(row, step.standing)
        gone.append(Change(owner, ended, step.standing, step.transitions))
    return gone


def _why_away(rule: LoadedRule | None) -> str:
    if rule is None:
        return "the rule was removed"
    return "the rule was changed" if rule.rule.enabled else "the rule was switched off"
