"""Changes to the recipients of messages: by admins only, and audited."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.delivery.sender import Sender
from analytics.notifications.email.smtp import ADDRESS
from analytics.notifications.webhook import webhook
from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from models.alerts.deliveries import Deliveries, Delivery
from models.alerts.recipients import KINDS, AddressTaken, Recipient, Recipients, TooManyRecipients
from models.database.engine import Database
from models.people.audit import Audit, AuditEntry
from settings import Settings

__all__ = [
    "KINDS",
    "AddressTaken",
    "Delivery",
    "NoSuchRecipient",
    "Recipient",
    "RecipientActions",
    "TooManyRecipients",
    "Trial",
]

MAX_NAME_LENGTH = 64
MAX_DELIVERIES = 200
SETTINGS_ACTOR = Actor("the settings", "admin")
CHANGEABLE_FIELDS = frozenset({"name", "wants_resolved", "wants_digest", "paused"})


class NoSuchRecipient(Exception):
    """There is no such recipient."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of a test message: `answer` is the server's reply, or the error."""

    delivered: bool
    answer: str


class RecipientActions:
    """Methods raise `NotAllowed` unless the actor is an admin, and `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._recipients = Recipients(database)
        self._deliveries = Deliveries(database)
        self._audit = Audit(database)
        self._settings = settings
        self._now = now

    def all(self, actor: Actor) -> list[Recipient]:
        """All recipients, oldest first."""
        _require_admin(actor)
        return self._recipients.all()

    def add(
        self,
        actor: Actor,
        kind: str,
        address: str,
        name: str = "",
        *,
        wants_resolved: bool = True,
        wants_digest: bool = False,
        paused: bool = False,
    ) -> Recipient:
        """Add a recipient. Raises `InvalidChange`, `AddressTaken`, `TooManyRecipients`."""
        _require_admin(actor)
        values = {
            "kind": kind,
            "address": _valid_address(kind, address),
            "name": _valid_name(name or _default_name(kind, address)),
            "wants_resolved": wants_resolved,
            "wants_digest": _valid_digest_choice(kind, wants_digest=wants_digest),
            "paused": paused,
        }
        recipient = self._recipients.add(values, self._now())
        self._record(actor, "added recipient", recipient, kind=kind)
        return recipient

    def change(self, actor: Actor, recipient_id: UUID, changes: dict[str, Any]) -> Recipient:
        """Change name, preferences or pause. Raises `InvalidChange`, `NoSuchRecipient`."""
        _require_admin(actor)
        recipient = self._existing(recipient_id)
        updates = {key: value for key, value in changes.items() if key in CHANGEABLE_FIELDS}
        if not updates:
            raise InvalidChange(f"Name what to change: {', '.join(sorted(CHANGEABLE_FIELDS))}.")
        if "name" in updates:
            updates["name"] = _valid_name(updates["name"])
        _valid_digest_choice(recipient.kind, wants_digest=updates.get("wants_digest", False))
        changed = self._recipients.change(recipient_id, updates)
        if changed is None:
            raise NoSuchRecipient
        self._record(actor, "changed recipient", changed, **updates)
        return changed

    def remove(self, actor: Actor, recipient_id: UUID) -> None:
        """Remove a recipient and its waiting messages. Raises `NoSuchRecipient`."""
        _require_admin(actor)
        removed = self._recipients.remove(recipient_id)
        if removed is None:
            raise NoSuchRecipient
        self._record(actor, "removed recipient", removed, kind=removed.kind)

    def test(self, actor: Actor, recipient_id: UUID) -> Trial:
        """Send a test message and wait for the server's reply. Raises `NoSuchRecipient`."""
        _require_admin(actor)
        recipient = self._existing(recipient_id)
        try:
            trial = Trial(True, Sender(self._settings).test(recipient, self._now()))
        except NotDelivered as fault:
            trial = Trial(False, str(fault))
        self._record(actor, "tested recipient", recipient, delivered=trial.delivered)
        return trial

    def deliveries(self, actor: Actor, state: str | None = None) -> list[Delivery]:
        """The newest messages and their delivery states, optionally of one state."""
        _require_admin(actor)
        return self._deliveries.latest(MAX_DELIVERIES, state)

    def ensure_first(self) -> bool:
        """Add ADMIN_EMAIL as recipient if there never was one; returns whether it was added."""
        if self._recipients.all() or self._audit.has("added recipient"):
            return False
        try:
            self.add(SETTINGS_ACTOR, "email", self._settings.admin_email, wants_digest=True)
        except AddressTaken:
            return False
        return True

    def _existing(self, recipient_id: UUID) -> Recipient:
        recipient = self._recipients.find(recipient_id)
        if recipient is None:
            raise NoSuchRecipient
        return recipient

    def _record(self, actor: Actor, action: str, recipient: Recipient, **detail: Any) -> None:
        """Audit a change. A webhook is recorded by its name: its address may contain a secret."""
        subject = recipient.address if recipient.kind == "email" else recipient.name
        self._audit.record(AuditEntry(self._now(), actor.name, action, subject, detail))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")


def _valid_address(kind: str, address: str) -> str:
    if kind not in KINDS:
        raise InvalidChange(f"A recipient is {' or '.join(KINDS)}.")
    if kind == "webhook":
        fault = webhook.url_fault(address)
        if fault is not None:
            raise InvalidChange(fault)
        return address
    if not ADDRESS.fullmatch(address):
        raise InvalidChange("Give an e-mail address such as admin@example.com.")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _valid_name(name: str) -> str:
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidChange(f"A name has 1 to {MAX_NAME_LENGTH} printable characters.")
    return name


def _valid_digest_choice(kind: str, *, wants_digest: bool) -> bool:
    if wants_digest and kind != "email":
        raise InvalidChange("The weekly digest goes to e-mail addresses alone.")
    return wants_digest


def _default_name(kind: str, address: str) -> str:
    name = urlsplit(address).hostname or "" if kind == "webhook" else address
    return name[:MAX_NAME_LENGTH]
