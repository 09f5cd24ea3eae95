"""Recipients of messages: people by e-mail, programs by webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from models.database.base import Base
from models.database.engine import Database

KINDS = ("email", "webhook")
MOST_RECIPIENTS = 50
LOCK = 5_726_001  # taken while recipients are counted and one is added

recipients = Table(
    "recipients",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("kind", Text(), nullable=False),
    Column("address", Text(), nullable=False),
    Column("name", Text(), nullable=False),
    Column("wants_resolved", Boolean(), nullable=False),
    Column("wants_digest", Boolean(), nullable=False),
    Column("paused", Boolean(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("kind", "address"),
    CheckConstraint("kind IN ('email', 'webhook')", name="kind"),
)


class AddressTaken(Exception):
    """Another recipient has this address already."""


class TooManyRecipients(Exception):
    """There are `MOST_RECIPIENTS` already."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient. `address` is an e-mail address or the URL of a webhook, by `kind`."""

    id: UUID
    kind: str
    address: str
    name: str
    wants_resolved: bool
    wants_digest: bool
    paused: bool
    created_at: datetime


_columns = tuple(recipients.c[name] for name in Recipient.__slots__)
_by_age = (recipients.c.created_at, recipients.c.id)


def active(connection: Connection) -> list[Recipient]:
    """Recipients that are not paused, the oldest first, in the caller's transaction."""
    query = select(*_columns).where(~recipients.c.paused).order_by(*_by_age)
    return [Recipient(*row) for row in connection.execute(query)]


class Recipients:
    """The repository of recipients. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Recipient]:
        """All recipients, the oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(*_columns).order_by(*_by_age))
            return [Recipient(*row) for row in rows]

    def find(self, recipient_id: UUID) -> Recipient | None:
        """One recipient; `None`: no such recipient."""
        query = select(*_columns).where(recipients.c.id == recipient_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Recipient(*row)

    def add(self, values: Mapping[str, Any], now: datetime) -> Recipient:
        """Add a recipient with these `values` (all fields but `id` and `created_at`).

        Raises `AddressTaken` and `TooManyRecipients`.
        """
        recipient = Recipient(id=uuid4(), created_at=now, **values)
        row = {name: getattr(recipient, name) for name in Recipient.__slots__}
        try:
            with self._database.transaction() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                number = connection.execute(select(func.count()).select_from(recipients))
                if number.scalar_one() >= MOST_RECIPIENTS:
                    raise TooManyRecipients
                connection.execute(insert(recipients).values(row))
        except IntegrityError as fault:
            raise AddressTaken(recipient.address) from fault
        return recipient

    def change(self, recipient_id: UUID, values: Mapping[str, Any]) -> Recipient | None:
        """Change some fields and answer the recipient; `None`: no such recipient."""
        statement = (
            update(recipients)
            .where(recipients.c.id == recipient_id)
            .values(**values)
            .returning(*_columns)
        )
        with self._database.transaction() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Recipient(*row)

    def remove(self, recipient_id: UUID) -> Recipient | None:
        """Remove a recipient with its messages and answer it; `None`: no such recipient."""
        statement = delete(recipients).where(recipients.c.id == recipient_id).returning(*_columns)
        with self._database.transaction() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Recipient(*row)
