"""The audit trail, append-only: who changed what and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Table, Text, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

audit = Table(
    "audit",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("actor", Text(), nullable=False),
    Column("action", Text(), nullable=False),
    Column("subject", Text(), nullable=False),
    Column("detail", JSONB(), nullable=False),
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change: `actor` did `action` to `subject`."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class Audit:
    """The repository of the audit trail. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: AuditEntry) -> None:
        """Add one entry."""
        row = {
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "detail": entry.detail,
        }
        with self._database.transaction() as connection:
            connection.execute(insert(audit).values(row))

    def has(self, action: str) -> bool:
        """Whether there is an entry with this action."""
        query = select(audit.c.id).where(audit.c.action == action).limit(1)
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def latest(self, most: int = 100) -> list[AuditEntry]:
        """The newest entries first."""
        columns = (audit.c.at, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail)
        query = select(*columns).order_by(audit.c.id.desc()).limit(most)
        with self._database.transaction() as connection:
            return [AuditEntry(*row) for row in connection.execute(query)]
