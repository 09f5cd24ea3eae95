"""Erasing a session at somebody's request, with its entry in the audit trail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from analytics.permission.actor import Actor, NotAllowed
from models.database.engine import Database
from models.operations.session_erasures import SessionErasures
from models.people.audit import Audit, AuditEntry

NAMING = ("client-reports", "sessions")  # datasets whose rows name sessions


class SessionErasure(msgspec.Struct, frozen=True, kw_only=True):
    """What was erased of a session: rows by table, `exports` as prepared files. `archive`: files of
    the archive are `pending` until the next retention, within the hour; `none`: there is none."""

    session_id: UUID
    removed: dict[str, int]
    archive: Literal["pending", "none"]


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases sessions. `has_archive`: days leave into files."""

    database: Database
    now: Callable[[], datetime]
    has_archive: bool

    def erase(self, actor: Actor, session_id: UUID) -> SessionErasure:
        """Erase; the same again finds nothing and is no fault. Raises `NotAllowed` and
        `DatabaseAway`."""
        if not actor.is_admin:
            raise NotAllowed("Only an admin may do this.")
        now = self.now()
        removed = SessionErasures(self.database).erase(session_id, NAMING, now)
        entry = AuditEntry(now, actor.name, "erased session", str(session_id), {**removed})
        Audit(self.database).record(entry)
        return SessionErasure(
            session_id=session_id,
            removed={name: rows for name, rows in removed.items() if rows},
            archive="pending" if self.has_archive else "none",
        )
