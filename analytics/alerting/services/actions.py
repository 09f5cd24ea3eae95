"""Changes rules, silences and acknowledgements, each with an audit entry."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from analytics.alerting.answers import AlertResponse, RuleResponse, SilenceResponse
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.state_machine import LifecycleStep
from analytics.alerting.records import body_of, transition_row
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.baseline_check import baseline_of
from analytics.alerting.services.reports import (
    NoSuchRecord,
    alert_response,
    rule_response,
    silence_response,
)
from analytics.permission.actor import Actor, NotAllowed
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules, RuleNameTaken, RuleReferenced, TooManyRules
from models.alerts.recipients import Recipients
from models.alerts.silences import Silences, TooManySilences
from models.database.engine import Database
from models.metrics.alert_state import Acknowledgement, AlertState
from models.people.audit import Audit, AuditEntry

__all__ = [
    "MAX_PERIOD",
    "AlertActions",
    "AlertEnded",
    "NoSuchRecord",
    "RuleNameTaken",
    "RuleReferenced",
    "SilenceRequest",
    "TooManyRules",
    "TooManySilences",
]

MAX_PERIOD = timedelta(days=366)
StateChange = Callable[[AlertState, datetime], LifecycleStep]


class AlertEnded(ValueError):
    """The alert has ended; nothing about it can be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRequest:
    """A silence to add: from `starts_at` (`None`: now) to `ends_at`."""

    ends_at: datetime
    starts_at: datetime | None = None
    rule: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


class AlertActions:
    """Methods raise `NotAllowed` for all but admins, `NoSuchRecord`, and `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = AlertRules(database)
        self._silences = Silences(database)
        self._recipients = Recipients(database)
        self._audit = Audit(database)
        self._now = now

    def add_rule(self, actor: Actor, rule: Rule) -> RuleResponse:
        """Adds a rule. Raises `RuleFault`, `RuleNameTaken`, `TooManyRules`."""
        self._check(actor, rule)
        stored = self._rules.add(body_of(rule), actor.name, self._now())
        self._note(actor, "added alert rule", rule.name)
        return rule_response(stored)

    def replace_rule(self, actor: Actor, rule_id: int, rule: Rule) -> RuleResponse:
        """Changes a rule; references to its name are renamed with it. Raises `RuleFault`,
        `RuleNameTaken`."""
        self._check(actor, rule, rule_id)
        replacement = self._rules.replace(rule_id, body_of(rule), actor.name, self._now())
        if replacement is None:
            raise NoSuchRecord(f"There is no rule {rule_id}.")
        stored, renaming = replacement
        self._note(actor, "changed alert rule", rule.name, **(asdict(renaming) if renaming else {}))
        return rule_response(stored)

    def remove_rule(self, actor: Actor, rule_id: int) -> None:
        """Removes a rule. Raises `RuleReferenced` while another rule names it."""
        _require_admin(actor)
        removed = self._rules.remove(rule_id, actor.name, self._now())
        if removed is None:
            raise NoSuchRecord(f"There is no rule {rule_id}.")
        self._note(actor, "removed alert rule", removed.name)

    def acknowledge(
        self, actor: Actor, alert_id: int, note: str = "", until: datetime | None = None
    ) -> AlertResponse:
        """Acknowledges an alert; idempotent. Raises `AlertEnded`, `RuleFault`."""
        if until is not None and not self._now() < until <= self._now() + MAX_PERIOD:
            raise RuleFault("until", "must lie ahead, by 366 days at most")
        return self._act(
            actor,
            alert_id,
            "acknowledged alert",
            lambda alert_state, now: state_machine.acknowledge(
                alert_state, Acknowledgement(actor.name, note, now, until), now
            ),
        )

    def withdraw(self, actor: Actor, alert_id: int) -> AlertResponse:
        """Withdraws an acknowledgement; without one nothing changes. Raises `AlertEnded`."""
        return self._act(
            actor,
            alert_id,
            "withdrew acknowledgement",
            lambda alert_state, now: state_machine.withdraw(alert_state, actor.name, now),
        )

    def add_silence(self, actor: Actor, request: SilenceRequest) -> SilenceResponse:
        """Adds a silence. Raises `RuleFault`, `TooManySilences`."""
        _require_admin(actor)
        stored = self._silences.add(self._silence_values(request), actor.name, self._now())
        self._note(actor, "silenced alerts", stored.rule or "of any rule")
        return silence_response(stored)

    def replace_silence(
        self, actor: Actor, silence_id: int, request: SilenceRequest
    ) -> SilenceResponse:
        """Changes a silence. Raises `RuleFault`."""
        _require_admin(actor)
        stored = self._silences.replace(silence_id, self._silence_values(request))
        if stored is None:
            raise NoSuchRecord(f"There is no silence {silence_id}.")
        self._note(actor, "changed silence", stored.rule or "of any rule")
        return silence_response(stored)

    def remove_silence(self, actor: Actor, silence_id: int) -> None:
        """Ends a silence."""
        _require_admin(actor)
        removed = self._silences.remove(silence_id)
        if removed is None:
            raise NoSuchRecord(f"There is no silence {silence_id}.")
        self._note(actor, "ended silence", removed.rule or "of any rule")

    def _act(self, actor: Actor, alert_id: int, action: str, act: StateChange) -> AlertResponse:
        _require_admin(actor)
        now = self._now()
        with self._database.transaction() as connection:
            alerts.lock(connection)
            row = alerts.find(connection, alert_id)
            if row is None:
                raise NoSuchRecord(f"There is no alert {alert_id}.")
            if row.alert_state.ended_at is not None:
                raise AlertEnded(f"Alert {alert_id} has ended.")
            step = act(row.alert_state, now)
            updated = replace(row, alert_state=step.alert_state)
            alerts.change(connection, [(row, updated)])
            alerts.add_transitions(
                connection,
                [
                    transition_row(row.id, row.threshold, transition)
                    for transition in step.transitions
                ],
            )
        if step.transitions:
            self._note(actor, action, updated.rule, labels=updated.labels)
        return alert_response(updated)

    def _check(self, actor: Actor, rule: Rule, rule_id: int | None = None) -> None:
        """`rule_id` is the rule to be replaced; `rule` cannot name that in `inhibited_by`."""
        _require_admin(actor)
        check(rule)
        baseline_of(self._database, rule)
        stored = self._rules.all() if rule.inhibited_by else []
        names = {other.name for other in stored if other.id != rule_id}
        for name in rule.inhibited_by:
            if name not in names:
                raise RuleFault("inhibited_by", f"there is no rule called {name!r}")
        ids = {recipient.id for recipient in self._recipients.all()} if rule.recipients else set()
        if not set(rule.recipients) <= ids:
            raise RuleFault("recipients", "must be ids of recipients that are there")

    def _silence_values(self, request: SilenceRequest) -> dict[str, object]:
        now = self._now()
        starts_at = request.starts_at or now
        if not max(now, starts_at) < request.ends_at:
            raise RuleFault("ends_at", "must lie ahead, and after starts_at")
        if request.ends_at - now > MAX_PERIOD:
            raise RuleFault("ends_at", "must lie within 366 days")
        return {
            "rule": request.rule,
            "labels": dict(request.labels),
            "starts_at": starts_at,
            "ends_at": request.ends_at,
            "note": request.note,
        }

    def _note(self, actor: Actor, action: str, subject: str, **detail: Any) -> None:
        self._audit.record(AuditEntry(self._now(), actor.name, action, subject, detail))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
