"""Between the store's rows and the thinking's values: rules and standings, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from analytics.alerting.lifecycle.alert_state import Acknowledgement, AlertState, State, Transition
from analytics.alerting.policy.notify import Silence
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.formulas import reading_of
from analytics.alerting.rules.rule import Rule
from models.alerts.alert_rules import StoredRule
from models.alerts.alerts import AlertRow, TransitionRow
from models.alerts.silences import StoredSilence


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with its number. One that cannot be read says why in `fault`; its `rule` then only
    stands in for it."""

    id: int
    rule: Rule
    fault: str = ""


def known(stored: StoredRule) -> LoadedRule:
    """A stored rule, checked again: the catalogue may have changed since."""
    try:
        rule = rule_of(stored.body)
        check(rule)
        reading_of(rule.source, rule.metric, rule.aggregation)
    except (msgspec.ValidationError, RuleFault) as fault:
        return stand_in(stored.id, stored.name, str(fault))
    return LoadedRule(stored.id, rule)


def stand_in(rule_id: int, name: str, fault: str) -> LoadedRule:
    """What stands in for a rule that cannot be read or is gone: it says no more than its name."""
    rule = Rule(name=name, source="client", metric="reports", aggregation="count", fire=0)
    return LoadedRule(rule_id, rule, fault)


def rule_of(body: Mapping[str, Any]) -> Rule:
    """Raises `msgspec.ValidationError`."""
    return msgspec.convert(body, Rule)


def version_of(body: Mapping[str, Any] | None) -> Rule | None:
    """A former rule, `None` when it was removed or today's types no longer fit."""
    if body is None:
        return None
    try:
        return rule_of(body)
    except msgspec.ValidationError:
        return None


def body_of(rule: Rule) -> dict[str, Any]:
    """The rule as it is kept, in JSON's own types."""
    body: dict[str, Any] = msgspec.to_builtins(rule)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in body.items()
    }


def label_key(labels: Mapping[str, str]) -> str:
    """A label set as one text."""
    return msgspec.json.encode(dict(sorted(labels.items()))).decode()


def standing_of(row: AlertRow) -> AlertState:
    """Where a stored alert stands."""
    given = None
    if row.ack_by is not None and row.ack_at is not None:
        given = Acknowledgement(row.ack_by, row.ack_note or "", row.ack_at, row.ack_until)
    return AlertState(
        state=State(row.state),
        since=row.since,
        started_at=row.started_at,
        seen_at=row.seen_at,
        fired_at=row.fired_at,
        ended_at=row.ended_at,
        acknowledged=given,
        was_bad=row.was_bad,
        flips=row.flips,
        told_at=row.told_at,
        told_as=row.told_as,
        told_of_trouble=row.told_of_trouble,
        owes_end=row.owes_end,
        value=row.value,
        n=row.n,
    )


def row_with(row: AlertRow, standing: AlertState) -> AlertRow:
    """The stored alert as it stands now."""
    given = standing.acknowledged
    return msgspec.structs.replace(
        row,
        state=str(standing.state),
        since=standing.since,
        started_at=standing.started_at,
        seen_at=standing.seen_at,
        fired_at=standing.fired_at,
        ended_at=standing.ended_at,
        ack_by=given.by if given else None,
        ack_note=given.note if given else None,
        ack_at=given.at if given else None,
        ack_until=given.until if given else None,
        was_bad=standing.was_bad,
        flips=standing.flips,
        told_at=standing.told_at,
        told_as=standing.told_as,
        told_of_trouble=standing.told_of_trouble,
        owes_end=standing.owes_end,
        value=standing.value,
        n=standing.n,
    )


def new_row(
    known_rule: LoadedRule, labels: Mapping[str, str], standing: AlertState, alert_id: int = 0
) -> AlertRow:
    """An alert as its rule is now. What a rule that cannot be read compares with is not known."""
    row = AlertRow(
        id=alert_id,
        rule_id=known_rule.id,
        rule=known_rule.rule.name,
        severity=known_rule.rule.severity,
        threshold=None if known_rule.fault else known_rule.rule.fire,
        labels=dict(labels),
        label_key=label_key(labels),
        state=str(standing.state),
        since=standing.since,
        started_at=standing.started_at,
        seen_at=standing.seen_at,
    )
    return row_with(row, standing)


def transition_row(alert_id: int, threshold: float | None, change: Transition) -> TransitionRow:
    """A change as it is kept."""
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
