"""Silences: no notices about alerts that match, from `starts_at` to `ends_at`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

MOST_SILENCES = 500
LOCK = 5_726_004  # taken while silences are counted and one is added

silences = Table(
    "silences",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("rule", Text()),
    Column("labels", JSONB(), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("note", Text(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text(), nullable=False),
    Index(None, "ends_at"),
)


class TooManySilences(Exception):
    """There are `MOST_SILENCES` already."""


@dataclass(frozen=True, slots=True)
class StoredSilence:
    """One silence; without a `rule` it matches all rules, without `labels` all label sets."""

    id: int
    rule: str | None
    labels: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    note: str
    created_at: datetime
    created_by: str


_columns = tuple(silences.c[name] for name in StoredSilence.__slots__)


def unexpired(connection: Connection, now: datetime) -> list[StoredSilence]:
    """Current and future silences, in the caller's transaction."""
    query = select(*_columns).where(silences.c.ends_at > now)
    rows = connection.execute(query.order_by(silences.c.starts_at, silences.c.id))
    return [StoredSilence(*row) for row in rows]


def rename(connection: Connection, former: str, name: str, now: datetime) -> int:
    """Write a rule's new name into current and future silences; how many."""
    of_rule = (silences.c.rule == former) & (silences.c.ends_at > now)
    return connection.execute(update(silences).where(of_rule).values(rule=name)).rowcount


class Silences:
    """The repository of silences. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unexpired(self, now: datetime) -> list[StoredSilence]:
        """Current and future silences."""
        with self._database.transaction() as connection:
            return unexpired(connection, now)

    def find(self, silence_id: int) -> StoredSilence | None:
        """One silence; `None`: no such silence."""
        query = select(*_columns).where(silences.c.id == silence_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredSilence(*row)

    def add(self, values: Mapping[str, Any], actor: str, now: datetime) -> StoredSilence:
        """Add a silence with these `values`. Raises `TooManySilences`."""
        with self._database.transaction() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            counting = select(func.count()).select_from(silences).where(silences.c.ends_at > now)
            if connection.execute(counting).scalar_one() >= MOST_SILENCES:
                raise TooManySilences
            row = {**values, "created_at": now, "created_by": actor}
            statement = insert(silences).values(row).returning(*_columns)
            return StoredSilence(*connection.execute(statement).one())

    def replace(self, silence_id: int, values: Mapping[str, Any]) -> StoredSilence | None:
        """Change a silence and answer it; `None`: no such silence."""
        changing = update(silences).where(silences.c.id == silence_id).values(**values)
        with self._database.transaction() as connection:
            row = connection.execute(changing.returning(*_columns)).one_or_none()
        return None if row is None else StoredSilence(*row)

    def remove(self, silence_id: int) -> StoredSilence | None:
        """Delete a silence and answer it; `None`: no such silence."""
        statement = delete(silences).where(silences.c.id == silence_id).returning(*_columns)
        with self._database.transaction() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else StoredSilence(*row)

    def forget(self, before: datetime) -> None:
        """Delete silences that ended before."""
        with self._database.transaction() as connection:
            connection.execute(delete(silences).where(silences.c.ends_at < before))
