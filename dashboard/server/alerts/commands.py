"""What an admin does on the Alerts page, and the words that say what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.actions import (
    NoSuch,
    Over,
    RuleNamed,
    RuleNameTaken,
    SilenceWish,
    TooManyRules,
    TooManySilences,
)
from analytics.notifications.delivery.recipient_actions import (
    AddressTaken,
    NoSuchRecipient,
    TooManyRecipients,
)
from analytics.permission.actor import Actor, NotAllowed, Refused
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields, time_field, wording
from dashboard.server.alerts.core.services import AlertServices
from dashboard.server.alerts.core.url_state import NEW
from dashboard.server.alerts.editor.rule_form import pairs_of, rule_of
from dashboard.server.alerts.lists.silences import ANY

LONGEST_NOTE = 500
Values = Mapping[str, Any]
MANY = "There are as many as there may be: remove one first."
GONE = "It is not here any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened; a fault of a field says whose form and which one. `rule` was made or kept."""

    words: str
    is_fault: bool = False
    form: str = ""
    field: str = ""
    rule: int | None = None
    has_left_editor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One press of a button: what it does, to what, and the form it belongs to."""

    desk: AlertServices
    actor: Actor
    subject: str
    form: str
    values: Values
    now: datetime
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def number(self) -> int:
        """The subject where it is a number. Raises `NoSuch`."""
        if not (self.subject.isascii() and self.subject.isdigit() and len(self.subject) < 17):
            raise NoSuch(GONE)
        return int(self.subject)

    @property
    def recipient(self) -> UUID:
        """The subject where it is a recipient. Raises `NoSuch`."""
        try:
            return UUID(self.subject)
        except ValueError:
            raise NoSuch(GONE) from None

    def text(self, name: str) -> str:
        """A field's text."""
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    @property
    def note(self) -> str:
        """The note. Raises `RuleFault`."""
        note = self.text("note")
        if len(note) > LONGEST_NOTE or not note.isprintable():
            raise RuleFault("note", f"must be one line of at most {LONGEST_NOTE} characters")
        return note

    @property
    def until(self) -> datetime | None:
        """Now and the chosen hours, or the time that was typed; `None` for good. Raises
        `RuleFault`."""
        hours = self.text("hours")
        if not hours:
            return None
        if hours == fields.UNTIL:
            return time_field.instant_of(self.text(time_field.FIELD), self.now, self.zone)
        if not (hours.isascii() and hours.isdigit() and len(hours) < 5):
            raise RuleFault("hours", "must be one of those offered")
        return self.now + timedelta(hours=int(hours))

    def till(self, end: datetime | None) -> str:
        """` until 18:00 (Europe/Berlin)`, nothing for good."""
        return f" until {moment(end, self.now, self.zone)} ({self.zone.key})" if end else ""


def form_of(act: str, subject: str) -> str:
    """The form whose fields an act reads."""
    forms = {"rule-save": alert_ids.RULE_FORM, "recipient-add": alert_ids.RECIPIENT_FORM,
             "silence-add": alert_ids.SILENCE_FORM}  # fmt: skip
    return forms.get(act, f"{act} {subject}")


def perform(act: str, asked: Command) -> Outcome:
    """Do it. What is refused comes back as a fault; raises `DatabaseAway` alone."""
    try:
        return ACTS.get(act, _unknown)(asked)
    except (RuleFault, RuleNameTaken, AddressTaken) as fault:
        field, said = _of_field(fault)
        return Outcome(words=said, is_fault=True, form=asked.form, field=field)
    except RuleNamed as fault:
        said = f"The rule {fault} is inhibited by this one: change that first."
        return Outcome(words=said, is_fault=True)
    except (NotAllowed, NoSuch, Over, Refused) as fault:
        return Outcome(words=str(fault), is_fault=True)
    except (TooManyRules, TooManySilences, TooManyRecipients):
        return Outcome(words=MANY, is_fault=True)
    except NoSuchRecipient:
        return Outcome(words=GONE, is_fault=True)


def _unknown(_asked: Command) -> Outcome:
    raise NoSuch(GONE)


def _of_field(fault: Exception) -> tuple[str, str]:
    """The field at fault, and what it must be."""
    if isinstance(fault, RuleFault):
        return fault.field, alert_ids.reason_words(fault.reason)
    if isinstance(fault, AddressTaken):
        return "address", "Another recipient has this address."
    return "name", "Another rule has this name."


def _acknowledge(asked: Command) -> Outcome:
    end = asked.until
    alert = asked.desk.actions.acknowledge(asked.actor, asked.number, asked.note, end)
    name = wording.name_of(alert.rule, alert.labels)
    return Outcome(words=f"You take care of {name}{asked.till(end)}.")


def _withdraw(asked: Command) -> Outcome:
    alert = asked.desk.actions.withdraw(asked.actor, asked.number)
    return Outcome(
        words=f"Nobody takes care of {wording.name_of(alert.rule, alert.labels)} any more."
    )


def _silence(asked: Command) -> Outcome:
    alert = asked.desk.reports.story(asked.number).alert
    return _silenced(asked, alert.rule, alert.labels)


def _add_silence(asked: Command) -> Outcome:
    chosen = asked.values.get("rule")
    rule = chosen if isinstance(chosen, str) and chosen != ANY else None
    return _silenced(asked, rule, pairs_of("labels", asked.text("labels")))


def _silenced(asked: Command, rule: str | None, labels: Mapping[str, str]) -> Outcome:
    end = asked.until
    if end is None:
        raise RuleFault("hours", "must be one of those offered")
    wish = SilenceWish(ends_at=end, rule=rule, labels=labels, note=asked.note)
    asked.desk.actions.add_silence(asked.actor, wish)
    name = wording.name_of(rule or "any rule", labels)
    return Outcome(words=f"Nobody is told of {name}{asked.till(end)}.")


def _end_silence(asked: Command) -> Outcome:
    asked.desk.actions.remove_silence(asked.actor, asked.number)
    return Outcome(words="The silence has ended.")


def _save_rule(asked: Command) -> Outcome:
    rule = rule_of(dict(asked.values))
    if asked.number == NEW:
        made = asked.desk.actions.add_rule(asked.actor, rule)
        return Outcome(words=f"The rule {made.name} watches now.", rule=made.id)
    kept = asked.desk.actions.replace_rule(asked.actor, asked.number, rule)
    return Outcome(words=f"Version {kept.version} of {kept.name} holds.", rule=kept.id)


def _delete_rule(asked: Command) -> Outcome:
    asked.desk.actions.remove_rule(asked.actor, asked.number)
    return Outcome(words="The rule was deleted.", has_left_editor=True)


def _switch(*, on: bool) -> Callable[[Command], Outcome]:
    def switch(asked: Command) -> Outcome:
        stored = asked.desk.reports.rule(asked.number)
        if stored.rule is None:
            raise Refused("This rule cannot be read: save another in its place.")
        kept = asked.desk.actions.replace_rule(asked.actor, stored.id, _enabled(stored.rule, on=on))
        return Outcome(words=f"The rule {kept.name} is {'on' if on else 'off'} now.")

    return switch


def _enabled(rule: Rule, *, on: bool) -> Rule:
    return msgspec.structs.replace(rule, enabled=on)


def _add_recipient(asked: Command) -> Outcome:
    wants = asked.values.get("wants") or []
    try:
        made = asked.desk.recipient_actions.add(
            asked.actor, asked.text("kind"), asked.text("address"), asked.text("name"),
            wants_resolved="resolved" in wants, wants_digest="digest" in wants,
        )  # fmt: skip
    except Refused as fault:
        return Outcome(words=str(fault), is_fault=True, form=asked.form, field="address")
    return Outcome(words=f"{made.name} gets messages from now on.")


def _remove_recipient(asked: Command) -> Outcome:
    asked.desk.recipient_actions.remove(asked.actor, asked.recipient)
    return Outcome(words="The recipient was removed.")


def _test_recipient(asked: Command) -> Outcome:
    trial = asked.desk.recipient_actions.test(asked.actor, asked.recipient)
    if trial.delivered:
        return Outcome(words=f"The test message was accepted. The server said: {trial.answer}")
    return Outcome(words=f"The test message did not arrive: {trial.answer}", is_fault=True)


def _changed(said: str, **changes: Any) -> Callable[[Command], Outcome]:
    def change(asked: Command) -> Outcome:
        found = asked.desk.recipient_actions.change(asked.actor, asked.recipient, changes)
        return Outcome(words=f"{found.name}: {said}.")

    return change


def _turned(name: str, yes: str, no: str) -> Callable[[Command], Outcome]:
    def turn(asked: Command) -> Outcome:
        everybody = asked.desk.recipient_actions.all(asked.actor)
        now = {one.id: one for one in everybody}.get(asked.recipient)
        if now is None:
            raise NoSuchRecipient
        wanted = not getattr(now, name)
        asked.desk.recipient_actions.change(asked.actor, now.id, {name: wanted})
        return Outcome(words=f"{now.name}: {yes if wanted else no}.")

    return turn


ACTS: dict[str, Callable[[Command], Outcome]] = {
    "acknowledge": _acknowledge,
    "withdraw": _withdraw,
    "silence": _silence,
    "silence-add": _add_silence,
    "silence-end": _end_silence,
    "rule-save": _save_rule,
    "rule-delete": _delete_rule,
    "rule-enable": _switch(on=True),
    "rule-disable": _switch(on=False),
    "recipient-add": _add_recipient,
    "recipient-remove": _remove_recipient,
    "recipient-test": _test_recipient,
    "recipient-pause": _changed("nothing is sent there until resumed", paused=True),
    "recipient-resume": _changed("messages go there again", paused=False),
    "recipient-resolved": _turned("wants_resolved", "hears what is resolved",
                                  "hears no more of what is resolved"),
    "recipient-digest": _turned("wants_digest", "gets the weekly digest",
                                "gets no more weekly digest"),
}  # fmt: skip
