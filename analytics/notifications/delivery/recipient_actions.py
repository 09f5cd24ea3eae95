"""Who gets messages, and what may be changed about that: by admins, noted in the audit trail."""

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
from analytics.permission.actor import Actor, NotAllowed, Refused
from models.alerts.deliveries import Deliveries, Delivery
from models.alerts.recipients import KINDS, AddressTaken, Recipient, Recipients, TooManyRecipients
from models.database.engine import Database
from models.people.audit import Audit, Entry
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

LONGEST_NAME = 64
MOST_SHOWN = 200
SYSTEM = Actor("the settings", "admin")
CHANGEABLE = frozenset({"name", "wants_resolved", "wants_digest", "paused"})


class NoSuchRecipient(Exception):
    """There is no such recipient."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a test message: `answer` is the server's own, or what went wrong."""

    delivered: bool
    answer: str


class RecipientActions:
    """Every method raises `NotAllowed` for all but admins, and `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._recipients = Recipients(database)
        self._deliveries = Deliveries(database)
        self._audit = Audit(database)
        self._settings = settings
        self._now = now

    def all(self, actor: Actor) -> list[Recipient]:
        """Everybody, the first one first."""
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
        """A new recipient. Raises `Refused`, `AddressTaken`, `TooManyRecipients`."""
        _require_admin(actor)
        values = {
            "kind": kind,
            "address": _sane_address(kind, address),
            "name": _sane_name(name or _name_of(kind, address)),
            "wants_resolved": wants_resolved,
            "wants_digest": _sane_digest(kind, wants_digest=wants_digest),
            "paused": paused,
        }
        made = self._recipients.add(values, self._now())
        self._note(actor, "added recipient", made, kind=kind)
        return made

    def change(self, actor: Actor, recipient_id: UUID, changes: dict[str, Any]) -> Recipient:
        """Change name, wishes or pause. Raises `Refused`, `NoSuchRecipient`."""
        _require_admin(actor)
        found = self._found(recipient_id)
        wanted = {key: value for key, value in changes.items() if key in CHANGEABLE}
        if not wanted:
            raise Refused(f"Name what to change: {', '.join(sorted(CHANGEABLE))}.")
        if "name" in wanted:
            wanted["name"] = _sane_name(wanted["name"])
        _sane_digest(found.kind, wants_digest=wanted.get("wants_digest", False))
        changed = self._recipients.change(recipient_id, wanted)
        if changed is None:
            raise NoSuchRecipient
        self._note(actor, "changed recipient", changed, **wanted)
        return changed

    def remove(self, actor: Actor, recipient_id: UUID) -> None:
        """Send nothing more there, not even what waits. Raises `NoSuchRecipient`."""
        _require_admin(actor)
        gone = self._recipients.remove(recipient_id)
        if gone is None:
            raise NoSuchRecipient
        self._note(actor, "removed recipient", gone, kind=gone.kind)

    def test(self, actor: Actor, recipient_id: UUID) -> Trial:
        """Send a test message now and wait for the answer. Raises `NoSuchRecipient`."""
        _require_admin(actor)
        found = self._found(recipient_id)
        try:
            answer = Trial(True, Sender(self._settings).test(found, self._now()))
        except NotDelivered as fault:
            answer = Trial(False, str(fault))
        self._note(actor, "tested recipient", found, delivered=answer.delivered)
        return answer

    def deliveries(self, actor: Actor, state: str | None = None) -> list[Delivery]:
        """The newest messages and how they fare; of one state, if asked for."""
        _require_admin(actor)
        return self._deliveries.latest(MOST_SHOWN, state)

    def ensure_first(self) -> bool:
        """Make ADMIN_EMAIL the first recipient if there never was one; whether it was made."""
        if self._recipients.all() or self._audit.has("added recipient"):
            return False
        try:
            self.add(SYSTEM, "email", self._settings.admin_email, wants_digest=True)
        except AddressTaken:
            return False
        return True

    def _found(self, recipient_id: UUID) -> Recipient:
        found = self._recipients.find(recipient_id)
        if found is None:
            raise NoSuchRecipient
        return found

    def _note(self, actor: Actor, action: str, whom: Recipient, **detail: Any) -> None:
        """A webhook's address may hold a secret, so its name stands in the trail."""
        subject = whom.address if whom.kind == "email" else whom.name
        self._audit.note(Entry(self._now(), actor.name, action, subject, detail))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")


def _sane_address(kind: str, address: str) -> str:
    if kind not in KINDS:
        raise Refused(f"A recipient is {' or '.join(KINDS)}.")
    if kind == "webhook":
        fault = webhook.fault_of(address)
        if fault is not None:
            raise Refused(fault)
        return address
    if not ADDRESS.fullmatch(address):
        raise Refused("Give an e-mail address such as admin@example.com.")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _sane_name(name: str) -> str:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(f"A name has 1 to {LONGEST_NAME} printable characters.")
    return name


def _sane_digest(kind: str, *, wants_digest: bool) -> bool:
    if wants_digest and kind != "email":
        raise Refused("The weekly digest goes to e-mail addresses alone.")
    return wants_digest


def _name_of(kind: str, address: str) -> str:
    name = urlsplit(address).hostname or "" if kind == "webhook" else address
    return name[:LONGEST_NAME]
