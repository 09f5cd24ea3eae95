"""What may be changed about alerts: rules, silences, acknowledgements, each on the record."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from analytics.alerting.answers import AlertAnswer, RuleAnswer, SilenceAnswer
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import Acknowledgement, AlertState, Step
from analytics.alerting.records import body_of, row_with, standing_of, transition_row
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.reports import NoSuch, alert_of, rule_answer, silence_answer
from analytics.permission.actor import Actor, NotAllowed
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules, RuleNamed, RuleNameTaken, TooManyRules
from models.alerts.recipients import Recipients
from models.alerts.silences import Silences, TooManySilences
from models.database.engine import Database
from models.people.audit import Audit, Entry

__all__ = [
    "LONGEST",
    "AlertActions",
    "NoSuch",
    "Over",
    "RuleNameTaken",
    "RuleNamed",
    "SilenceWish",
    "TooManyRules",
    "TooManySilences",
]

LONGEST = timedelta(days=366)
Act = Callable[[AlertState, datetime], Step]


class Over(ValueError):
    """The alert has ended; nothing about it can be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceWish:
    """A silence to be: from `starts_at` (`None`: now) to `ends_at`."""

    ends_at: datetime
    starts_at: datetime | None = None
    rule: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


class AlertActions:
    """Methods raise `NotAllowed` for all but admins, `NoSuch`, and `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = AlertRules(database)
        self._silences = Silences(database)
        self._recipients = Recipients(database)
        self._audit = Audit(database)
        self._now = now

    def add_rule(self, actor: Actor, rule: Rule) -> RuleAnswer:
        """A new rule. Raises `RuleFault`, `RuleNameTaken`, `TooManyRules`."""
        self._check(actor, rule)
        stored = self._rules.add(body_of(rule), actor.name, self._now())
        self._note(actor, "added alert rule", rule.name)
        return rule_answer(stored)

    def replace_rule(self, actor: Actor, rule_id: int, rule: Rule) -> RuleAnswer:
        """Change a rule; what names it follows it to a new name. Raises `RuleFault`,
        `RuleNameTaken`."""
        self._check(actor, rule, rule_id)
        found = self._rules.replace(rule_id, body_of(rule), actor.name, self._now())
        if found is None:
            raise NoSuch(f"There is no rule {rule_id}.")
        stored, renaming = found
        self._note(actor, "changed alert rule", rule.name, **(asdict(renaming) if renaming else {}))
        return rule_answer(stored)

    def remove_rule(self, actor: Actor, rule_id: int) -> None:
        """Remove a rule. Raises `RuleNamed` while another names it."""
        _require_admin(actor)
        removed = self._rules.remove(rule_id, actor.name, self._now())
        if removed is None:
            raise NoSuch(f"There is no rule {rule_id}.")
        self._note(actor, "removed alert rule", removed.name)

    def acknowledge(
        self, actor: Actor, alert_id: int, note: str = "", until: datetime | None = None
    ) -> AlertAnswer:
        """Take care of an alert; the same again changes nothing. Raises `Over`, `RuleFault`."""
        if until is not None and not self._now() < until <= self._now() + LONGEST:
            raise RuleFault("until", "must lie ahead, by 366 days at most")
        return self._act(
            actor,
            alert_id,
            "acknowledged alert",
            lambda standing, now: state_machine.acknowledge(
                standing, Acknowledgement(actor.name, note, now, until), now
            ),
        )

    def withdraw(self, actor: Actor, alert_id: int) -> AlertAnswer:
        """Take care no more; without an acknowledgement nothing changes. Raises `Over`."""
        return self._act(
            actor,
            alert_id,
            "withdrew acknowledgement",
            lambda standing, now: state_machine.withdraw(standing, actor.name, now),
        )

    def add_silence(self, actor: Actor, wish: SilenceWish) -> SilenceAnswer:
        """A new silence. Raises `RuleFault`, `TooManySilences`."""
        _require_admin(actor)
        stored = self._silences.add(self._values(wish), actor.name, self._now())
        self._note(actor, "silenced alerts", stored.rule or "of any rule")
        return silence_answer(stored)

    def replace_silence(self, actor: Actor, silence_id: int, wish: SilenceWish) -> SilenceAnswer:
        """Change a silence. Raises `RuleFault`."""
        _require_admin(actor)
        stored = self._silences.replace(silence_id, self._values(wish))
        if stored is None:
            raise NoSuch(f"There is no silence {silence_id}.")
        self._note(actor, "changed silence", stored.rule or "of any rule")
        return silence_answer(stored)

    def remove_silence(self, actor: Actor, silence_id: int) -> None:
        """End a silence."""
        _require_admin(actor)
        removed = self._silences.remove(silence_id)
        if removed is None:
            raise NoSuch(f"There is no silence {silence_id}.")
        self._note(actor, "ended silence", removed.rule or "of any rule")

    def _act(self, actor: Actor, alert_id: int, action: str, act: Act) -> AlertAnswer:
        _require_admin(actor)
        now = self._now()
        with self._database.transaction() as connection:
            row = alerts.find(connection, alert_id)
            if row is None:
                raise NoSuch(f"There is no alert {alert_id}.")
            if row.ended_at is not None:
                raise Over(f"Alert {alert_id} has ended.")
            step = act(standing_of(row), now)
            changed = row_with(row, step.standing)
            alerts.change(connection, [changed] if changed != row else [])
            alerts.note(
                connection, [transition_row(row.id, row.threshold, one) for one in step.transitions]
            )
        if step.transitions:
            self._note(actor, action, changed.rule, labels=changed.labels)
        return alert_of(changed)

    def _check(self, actor: Actor, rule: Rule, rule_id: int | None = None) -> None:
        """`rule_id` is of the rule it is to replace, whose former name it cannot name either."""
        _require_admin(actor)
        check(rule)
        stored = self._rules.all() if rule.inhibited_by else []
        names = {one.name for one in stored if one.id != rule_id}
        for name in rule.inhibited_by:
            if name not in names:
                raise RuleFault("inhibited_by", f"there is no rule called {name!r}")
        ids = {one.id for one in self._recipients.all()} if rule.recipients else set()
        if not set(rule.recipients) <= ids:
            raise RuleFault("recipients", "must be ids of recipients that are there")

    def _values(self, wish: SilenceWish) -> dict[str, object]:
        now = self._now()
        starts_at = wish.starts_at or now
        if not max(now, starts_at) < wish.ends_at:
            raise RuleFault("ends_at", "must lie ahead, and after starts_at")
        if wish.ends_at - now > LONGEST:
            raise RuleFault("ends_at", "must lie within 366 days")
        return {
            "rule": wish.rule,
            "labels": dict(wish.labels),
            "starts_at": starts_at,
            "ends_at": wish.ends_at,
            "note": wish.note,
        }

    def _note(self, actor: Actor, action: str, subject: str, **detail: Any) -> None:
        self._audit.note(Entry(self._now(), actor.name, action, subject, detail))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
