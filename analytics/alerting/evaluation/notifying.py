"""Who is told of what after a round, and of the ends of former rounds that were held back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from analytics.alerting.evaluation.evaluation_round import AlertKey, Change, LoadedAlerts
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.policy import notify
from analytics.alerting.policy.notify import ResolveDecision
from analytics.alerting.records import LoadedRule, row_with, stand_in, standing_of
from analytics.notifications.notice import NoticeKind
from models.alerts.alerts import AlertRow

FIRING = frozenset({State.FIRING, State.ACKNOWLEDGED, State.FLAPPING})


def tell(
    rules: Sequence[LoadedRule], made: Sequence[Change], store: LoadedAlerts, now: datetime
) -> list[Change]:
    """Mark in `made` what is told now or owed from now on, and remember it in the rows.

    Answers the changes beside those that settle what was owed before.
    """
    around = _Around(made, store, now)
    for change in made:
        kind = notify.wish(change.known.rule, change.standing, now)
        if kind is not None:
            _take(change, kind, around)
    return [*made, *_settled({rule.id: rule for rule in rules}, made, store, around)]


class _Around:
    """What may hold a message of this round back."""

    def __init__(self, made: Sequence[Change], store: LoadedAlerts, now: datetime) -> None:
        self.now = now
        self._silences = store.silences
        rows = _latest(made, store).values()
        self._firing = frozenset(row.rule for row in rows if row.state in FIRING)
        self._told_at: dict[int, datetime] = {}
        for row in store.live:
            if row.told_at is not None:
                last = self._told_at.get(row.rule_id, row.told_at)
                self._told_at[row.rule_id] = max(row.told_at, last)

    def hold(self, change: Change, kind: NoticeKind) -> bool:
        """Whether it is not to be told now."""
        rule, row = change.known.rule, change.row
        circumstances = notify.SuppressionContext(
            silences=self._silences, firing=self._firing, told_at=self._told_at.get(row.rule_id)
        )
        return notify.held(kind, rule, row.labels, self.now, circumstances) is not None


def _take(change: Change, kind: NoticeKind, around: _Around) -> None:
    """Tell it, unless something holds it back: another wish comes again, an end is owed."""
    if not around.hold(change, kind):
        change.kind = kind
        change.row = row_with(change.row, notify.told(change.standing, kind, around.now))
    elif kind == "resolved":
        change.row = row_with(change.row, replace(change.standing, owes_end=True))


def _settled(
    rules: Mapping[int, LoadedRule], made: Sequence[Change], store: LoadedAlerts, around: _Around
) -> Iterator[Change]:
    """Ends owed by former rounds that are told now, and those nobody waits for any more. What a
    rule that cannot be read owes waits until it can."""
    live = {key: row for key, row in _latest(made, store).items() if row.ended_at is None}
    for row in store.owing:
        rule, later = rules.get(row.rule_id), live.get((row.rule_id, row.label_key))
        debt = notify.debt(rule.rule if rule else None, standing_of(later) if later else None)
        owner, ended = rule or stand_in(row.rule_id, row.rule, "removed"), standing_of(row)
        change = Change(owner, row, ended, ())
        if debt is ResolveDecision.FORGIVEN:
            change.row = row_with(row, replace(ended, owes_end=False))
            yield change
        elif debt is ResolveDecision.DUE and not owner.fault:
            _take(change, "resolved", around)
            if change.kind is not None:
                yield change


def _latest(made: Sequence[Change], store: LoadedAlerts) -> dict[AlertKey, AlertRow]:
    """Alerts that lived before the round, as they are after it, and new ones."""
    rows = [*store.live, *(change.row for change in made)]
    return {(row.rule_id, row.label_key): row for row in rows}
