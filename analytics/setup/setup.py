"""What the page of the set-up reads and does: what knocks, and which origins are let in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from models.database.engine import Database
from models.operations.allowed_origins import (
    PURPOSES,
    REPORTS,
    SOCKETS,
    AllowedOrigin,
    AllowedOrigins,
    TooManyOrigins,
)
from models.operations.knocks import ORIGIN, PAGE, SERVER, SOCKET, Knock, Knocks
from models.people.audit import Audit, AuditEntry

__all__ = [
    "ORIGIN",
    "PAGE",
    "PURPOSE_OF",
    "REPORTS",
    "SERVER",
    "SOCKET",
    "SOCKETS",
    "AllowedOrigin",
    "Knock",
    "MonitorFile",
    "Setup",
]
LISTENED = timedelta(hours=1)
FOLLOWED = timedelta(seconds=10)  # until every worker lets in whom an admin allowed
PURPOSE_OF = {PAGE: REPORTS, SOCKET: SOCKETS}
LONGEST_ORIGIN = 256


@dataclass(frozen=True, slots=True)
class MonitorFile:
    """The browser monitor that never changes: its path, and its digest for `integrity`."""

    path: str
    integrity: str


class Setup:
    """Methods raise `DatabaseAway`."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        normalized: Callable[[str], str | None],
        monitor: MonitorFile,
    ) -> None:
        """`normalized` writes an origin with its port; `None` for what is none."""
        self.monitor = monitor
        self._knocks = Knocks(database)
        self._allowed = AllowedOrigins(database)
        self._audit = Audit(database)
        self._now = now
        self._normalized = normalized

    def knocks(self) -> list[Knock]:
        """What knocked within the last hour, the last first; without whom was refused before an
        admin let them in."""
        allowed = {(entry.purpose, entry.origin): entry.allowed_at for entry in self.allowed()}

        def is_over(knock: Knock) -> bool:
            purpose = PURPOSE_OF.get(knock.source, "")
            at = allowed.get((purpose, self._normalized(knock.caller) or ""))
            return knock.refusal == ORIGIN and at is not None and knock.last_at < at + FOLLOWED

        knocks = self._knocks.latest(self._now() - LISTENED)
        return [knock for knock in knocks if not is_over(knock)]

    def allowed(self) -> list[AllowedOrigin]:
        """The origins that were allowed here, beside those of the settings."""
        return self._allowed.all()

    def allow(self, actor: Actor, purpose: str, origin: str) -> str:
        """Let pages of an origin in; returns it as it is stored. Workers follow within seconds.

        Raises `NotAllowed` unless the actor is an admin, and `InvalidChange`.
        """
        origin = self._checked(actor, purpose, origin)
        try:
            is_new = self._allowed.add(AllowedOrigin(purpose, origin, self._now(), actor.name))
        except TooManyOrigins:
            raise InvalidChange("So many origins are allowed: set * in the settings.") from None
        if is_new:
            self._record(actor, "allowed origin", origin, purpose)
        return origin

    def withdraw(self, actor: Actor, purpose: str, origin: str) -> str:
        """Let pages of an origin in no longer. Raises as `allow`."""
        origin = self._checked(actor, purpose, origin)
        if self._allowed.remove(purpose, origin):
            self._record(actor, "withdrew origin", origin, purpose)
        return origin

    def _checked(self, actor: Actor, purpose: str, origin: str) -> str:
        if not actor.is_admin:
            raise NotAllowed("Only an admin may do this.")
        normalized = self._normalized(origin) if len(origin) <= LONGEST_ORIGIN else None
        if normalized is None or purpose not in PURPOSES:
            raise InvalidChange(f"{origin[:LONGEST_ORIGIN]!r} is no web origin.")
        return normalized

    def _record(self, actor: Actor, action: str, origin: str, purpose: str) -> None:
        detail = {"purpose": purpose}
        self._audit.record(AuditEntry(self._now(), actor.name, action, origin, detail))
