"""Who gets messages: people by e-mail, programs by webhook."""

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
LOCK = 5_726_001  # one at a time counts the recipients and adds another

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
    """Another recipient has this address."""


class TooManyRecipients(Exception):
    """There are as many recipients as there may be."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient. `address` is an e-mail address or the URL of a webhook, as `kind` says."""

    id: UUID
    kind: str
    address: str
    name: str
    wants_resolved: bool
    wants_digest: bool
    paused: bool
    created_at: datetime


_shown = tuple(recipients.c[name] for name in Recipient.__slots__)
_by_age = (recipients.c.created_at, recipients.c.id)


def active(connection: Connection) -> list[Recipient]:
    """Everybody who is not paused, the first one first; for use in the caller's transaction."""
    query = select(*_shown).where(~recipients.c.paused).order_by(*_by_age)
    return [Recipient(*row) for row in connection.execute(query)]


class Recipients:
    """The repository of recipients. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Recipient]:
        """Everybody, the first one first."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(*_shown).order_by(*_by_age))
            return [Recipient(*row) for row in rows]

    def find(self, recipient_id: UUID) -> Recipient | None:
        """One recipient, `None` when there is no such."""
        query = select(*_shown).where(recipients.c.id == recipient_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Recipient(*row)

    def add(self, values: Mapping[str, Any], now: datetime) -> Recipient:
        """A new recipient of these `values` (all fields but `id` and `created_at`).

        Raises `AddressTaken` and `TooManyRecipients`.
        """
        made = Recipient(id=uuid4(), created_at=now, **values)
        row = {name: getattr(made, name) for name in Recipient.__slots__}
        try:
            with self._database.transaction() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                number = connection.execute(select(func.count()).select_from(recipients))
                if number.scalar_one() >= MOST_RECIPIENTS:
                    raise TooManyRecipients
                connection.execute(insert(recipients).values(row))
        except IntegrityError as fault:
            raise AddressTaken(made.address) from fault
        return made

    def change(self, recipient_id: UUID, values: Mapping[str, Any]) -> Recipient | None:
        """Change some fields; the recipient as it is then, `None` when it is gone."""
        statement = (
            update(recipients)
            .where(recipients.c.id == recipient_id)
            .values(**values)
            .returning(*_shown)
        )
        with self._database.transaction() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Recipient(*row)

    def remove(self, recipient_id: UUID) -> Recipient | None:
        """Remove a recipient with its messages; who it was, `None` when it was gone."""
        statement = delete(recipients).where(recipients.c.id == recipient_id).returning(*_shown)
        with self._database.transaction() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Recipient(*row)
