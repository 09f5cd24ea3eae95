"""The commands of the Alerts page, by the name of their button, and the messages they return."""

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
    AlertEnded,
    NoSuchRecord,
    RuleNameTaken,
    RuleReferenced,
    SilenceRequest,
    TooManyRules,
    TooManySilences,
)
from analytics.notifications.delivery.recipient_actions import (
    AddressTaken,
    NoSuchRecipient,
    TooManyRecipients,
)
from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from analytics.services.services import AlertServices
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields, time_field, wording
from dashboard.server.alerts.core.url_state import NEW_RULE_ID
from dashboard.server.alerts.editor.rule_form import pairs_of, rule_of
from dashboard.server.alerts.lists.silences import ANY

LONGEST_NOTE = 500
Values = Mapping[str, Any]
LIMIT_REACHED = "The limit is reached: remove one first."
NOT_THERE = "It no longer exists."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The message to show. A fault of a field names its `form` and `field`; `rule` is the id of the
    rule that was created or saved."""

    message: str
    is_fault: bool = False
    form: str = ""
    field: str = ""
    rule: int | None = None
    closes_editor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One press of a button: the id it acts on and the values of its form."""

    services: AlertServices
    actor: Actor
    subject: str
    form: str
    values: Values
    now: datetime
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def number(self) -> int:
        """The subject as the id of an alert, rule or silence. Raises `NoSuchRecord`."""
        if not (self.subject.isascii() and self.subject.isdigit() and len(self.subject) < 17):
            raise NoSuchRecord(NOT_THERE)
        return int(self.subject)

    @property
    def recipient(self) -> UUID:
        """The subject as the id of a recipient. Raises `NoSuchRecord`."""
        try:
            return UUID(self.subject)
        except ValueError:
            raise NoSuchRecord(NOT_THERE) from None

    def text(self, name: str) -> str:
        """The stripped text of a field, empty without one."""
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
    def ends_at(self) -> datetime | None:
        """Now plus the selected hours, or the typed time; `None` for no end. Raises
        `RuleFault`."""
        hours = self.text("hours")
        if not hours:
            return None
        if hours == fields.UNTIL:
            return time_field.instant_of(self.text(time_field.FIELD), self.now, self.zone)
        if not (hours.isascii() and hours.isdigit() and len(hours) < 5):
            raise RuleFault("hours", "must be one of the options")
        return self.now + timedelta(hours=int(hours))

    def until_text(self, end: datetime | None) -> str:
        """` until 18:00 (Europe/Berlin)`, empty without an end."""
        return f" until {moment(end, self.now, self.zone)} ({self.zone.key})" if end else ""


def form_of(name: str, subject: str) -> str:
    """The form whose fields a command reads."""
    forms = {"rule-save": alert_ids.RULE_FORM, "recipient-add": alert_ids.RECIPIENT_FORM,
             "silence-add": alert_ids.SILENCE_FORM}  # fmt: skip
    return forms.get(name, f"{name} {subject}")


def perform(name: str, command: Command) -> Outcome:
    """Run a command. A refusal is returned as a fault; raises only `DatabaseAway`."""
    try:
        return COMMANDS.get(name, _unknown)(command)
    except (RuleFault, RuleNameTaken, AddressTaken) as fault:
        field, message = _field_fault(fault)
        return Outcome(message=message, is_fault=True, form=command.form, field=field)
    except RuleReferenced as fault:
        message = f"The rule {fault} is inhibited by this one: change that first."
        return Outcome(message=message, is_fault=True)
    except (NotAllowed, NoSuchRecord, AlertEnded, InvalidChange) as fault:
        return Outcome(message=str(fault), is_fault=True)
    except (TooManyRules, TooManySilences, TooManyRecipients):
        return Outcome(message=LIMIT_REACHED, is_fault=True)
    except NoSuchRecipient:
        return Outcome(message=NOT_THERE, is_fault=True)


def _unknown(_command: Command) -> Outcome:
    raise NoSuchRecord(NOT_THERE)


def _field_fault(fault: Exception) -> tuple[str, str]:
    """(field, message) of a fault."""
    if isinstance(fault, RuleFault):
        return fault.field, alert_ids.reason_sentence(fault.reason)
    if isinstance(fault, AddressTaken):
        return "address", "Another recipient has this address."
    return "name", "Another rule has this name."


def _acknowledge(command: Command, end: datetime | None = None) -> Outcome:
    end = end or command.ends_at
    alert = command.services.actions.acknowledge(command.actor, command.number, command.note, end)
    name = wording.alert_name(alert.rule, alert.labels)
    return Outcome(message=f"Acknowledged: {name}{command.until_text(end)}.")


def _withdraw(command: Command) -> Outcome:
    alert = command.services.actions.withdraw(command.actor, command.number)
    return Outcome(
        message=f"Acknowledgement withdrawn: {wording.alert_name(alert.rule, alert.labels)}."
    )


def _silence(command: Command) -> Outcome:
    alert = command.services.reports.timeline(command.number).alert
    return _create_silence(command, alert.rule, alert.labels)


def _add_silence(command: Command) -> Outcome:
    rule_name = command.values.get("rule")
    rule = rule_name if isinstance(rule_name, str) and rule_name != ANY else None
    return _create_silence(command, rule, pairs_of("labels", command.text("labels")))


def _create_silence(command: Command, rule: str | None, labels: Mapping[str, str]) -> Outcome:
    end = command.ends_at
    if end is None:
        raise RuleFault("hours", "must be one of the options")
    silence = SilenceRequest(ends_at=end, rule=rule, labels=labels, note=command.note)
    command.services.actions.add_silence(command.actor, silence)
    name = wording.alert_name(rule or "any rule", labels)
    return Outcome(message=f"No messages about {name}{command.until_text(end)}.")


def _end_silence(command: Command) -> Outcome:
    command.services.actions.remove_silence(command.actor, command.number)
    return Outcome(message="The silence has ended.")


def _save_rule(command: Command) -> Outcome:
    rule = rule_of(dict(command.values))
    if command.number == NEW_RULE_ID:
        created = command.services.actions.add_rule(command.actor, rule)
        return Outcome(message=f"The rule {created.name} was created.", rule=created.id)
    saved = command.services.actions.replace_rule(command.actor, command.number, rule)
    return Outcome(message=f"Version {saved.version} of {saved.name} was saved.", rule=saved.id)


def _delete_rule(command: Command) -> Outcome:
    command.services.actions.remove_rule(command.actor, command.number)
    return Outcome(message="The rule was deleted.", closes_editor=True)


def _set_enabled(*, on: bool) -> Callable[[Command], Outcome]:
    def run(command: Command) -> Outcome:
        stored = command.services.reports.rule(command.number)
        if stored.rule is None:
            raise InvalidChange("This rule is invalid: save a new version of it first.")
        saved = command.services.actions.replace_rule(
            command.actor, stored.id, _with_enabled(stored.rule, on=on)
        )
        return Outcome(message=f"The rule {saved.name} is now {'enabled' if on else 'disabled'}.")

    return run


def _with_enabled(rule: Rule, *, on: bool) -> Rule:
    return msgspec.structs.replace(rule, enabled=on)


def _add_recipient(command: Command) -> Outcome:
    options = command.values.get("wants") or []
    try:
        recipient = command.services.recipient_actions.add(
            command.actor, command.text("kind"), command.text("address"), command.text("name"),
            wants_resolved="resolved" in options, wants_digest="digest" in options,
        )  # fmt: skip
    except InvalidChange as fault:
        return Outcome(message=str(fault), is_fault=True, form=command.form, field="address")
    return Outcome(message=f"{recipient.name} receives messages from now on.")


def _remove_recipient(command: Command) -> Outcome:
    command.services.recipient_actions.remove(command.actor, command.recipient)
    return Outcome(message="The recipient was removed.")


def _test_recipient(command: Command) -> Outcome:
    delivery = command.services.recipient_actions.test(command.actor, command.recipient)
    if delivery.delivered:
        return Outcome(
            message=f"The test message was accepted. The server responded: {delivery.answer}"
        )
    return Outcome(message=f"The test message did not arrive: {delivery.answer}", is_fault=True)


def _change_recipient(message: str, **changes: Any) -> Callable[[Command], Outcome]:
    def run(command: Command) -> Outcome:
        recipient = command.services.recipient_actions.change(
            command.actor, command.recipient, changes
        )
        return Outcome(message=f"{recipient.name}: {message}.")

    return run


def _toggle_recipient(
    field: str, enabled_text: str, disabled_text: str
) -> Callable[[Command], Outcome]:
    def run(command: Command) -> Outcome:
        recipients = command.services.recipient_actions.all(command.actor)
        recipient = {stored.id: stored for stored in recipients}.get(command.recipient)
        if recipient is None:
            raise NoSuchRecipient
        enabled = not getattr(recipient, field)
        command.services.recipient_actions.change(command.actor, recipient.id, {field: enabled})
        return Outcome(message=f"{recipient.name}: {enabled_text if enabled else disabled_text}.")

    return run


COMMANDS: dict[str, Callable[[Command], Outcome]] = {
    "acknowledge": _acknowledge,
    "acknowledge-now": lambda command: _acknowledge(command, command.now + fields.AT_ONCE),
    "withdraw": _withdraw,
    "silence": _silence,
    "silence-add": _add_silence,
    "silence-end": _end_silence,
    "rule-save": _save_rule,
    "rule-delete": _delete_rule,
    "rule-enable": _set_enabled(on=True),
    "rule-disable": _set_enabled(on=False),
    "recipient-add": _add_recipient,
    "recipient-remove": _remove_recipient,
    "recipient-test": _test_recipient,
    "recipient-pause": _change_recipient("nothing is sent there until resumed", paused=True),
    "recipient-resume": _change_recipient("messages are sent there again", paused=False),
    "recipient-resolved": _toggle_recipient("wants_resolved", "receives resolved alerts",
                                  "no longer receives resolved alerts"),
    "recipient-digest": _toggle_recipient("wants_digest", "receives the weekly digest",
                                "no longer receives the weekly digest"),
}  # fmt: skip
