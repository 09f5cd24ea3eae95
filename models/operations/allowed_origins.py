"""Origins an admin allowed beside those of the settings, by what their pages may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, Table, Text, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base
from models.database.engine import Database

REPORTS, SOCKETS = "reports", "sockets"
PURPOSES = (REPORTS, SOCKETS)
MOST_ORIGINS = 200

allowed_origins = Table(
    "allowed_origins",
    Base.metadata,
    Column("purpose", Text(), primary_key=True),
    Column("origin", Text(), primary_key=True),
    Column("allowed_at", DateTime(timezone=True), nullable=False),
    Column("allowed_by", Text(), nullable=False),
)


class TooManyOrigins(Exception):
    """So many origins are allowed already that a wildcard in the setting is meant."""


@dataclass(frozen=True, slots=True)
class AllowedOrigin:
    """`origin` is as `https://portal.example:443`, with its port."""

    purpose: str
    origin: str
    allowed_at: datetime
    allowed_by: str


class AllowedOrigins:
    """The repository. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[AllowedOrigin]:
        """By purpose and origin."""
        table = allowed_origins.c
        query = select(table.purpose, table.origin, table.allowed_at, table.allowed_by)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(table.purpose, table.origin))
            return [AllowedOrigin(*row) for row in rows]

    def add(self, entry: AllowedOrigin) -> bool:
        """Whether it was not allowed before. Raises `TooManyOrigins`."""
        row = {
            "purpose": entry.purpose, "origin": entry.origin,
            "allowed_at": entry.allowed_at, "allowed_by": entry.allowed_by,
        }  # fmt: skip
        with self._database.transaction() as connection:
            total = connection.execute(select(func.count()).select_from(allowed_origins)).scalar()
            if (total or 0) >= MOST_ORIGINS:
                raise TooManyOrigins
            query = insert(allowed_origins).values(row).on_conflict_do_nothing()
            return bool(connection.execute(query).rowcount)

    def remove(self, purpose: str, origin: str) -> bool:
        """Whether it was allowed."""
        table = allowed_origins.c
        query = delete(allowed_origins).where(table.purpose == purpose, table.origin == origin)
        with self._database.transaction() as connection:
            return bool(connection.execute(query).rowcount)
