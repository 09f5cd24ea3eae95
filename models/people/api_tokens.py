"""Bearer tokens of programs. Only their SHA-256 is stored: they are long and random."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    LargeBinary,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from models.database.base import Base
from models.database.engine import Database

TOKEN_ROLES = ("ingest", "analyst", "admin")
USE_NOTED_EVERY_SECONDS = 60

api_tokens = Table(
    "api_tokens",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", Text(), nullable=False, unique=True),
    Column("role", Text(), nullable=False),
    Column("token_hash", LargeBinary(), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text(), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    CheckConstraint("role IN ('ingest', 'analyst', 'admin')", name="role"),
)


class NameTaken(Exception):
    """Another token has this name already."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token without its secret. `used_at` is exact to a minute."""

    id: UUID
    name: str
    role: str
    created_at: datetime
    created_by: str
    used_at: datetime | None


_columns = (
    api_tokens.c.id,
    api_tokens.c.name,
    api_tokens.c.role,
    api_tokens.c.created_at,
    api_tokens.c.created_by,
    api_tokens.c.used_at,
)


class ApiTokens:
    """The repository of tokens. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: str, token_hash: bytes, by: str, now: datetime) -> ApiToken:
        """A new token. Raises `NameTaken`."""
        token = ApiToken(uuid4(), name, role, now, by, None)
        row = {
            "id": token.id,
            "name": name,
            "role": role,
            "token_hash": token_hash,
            "created_at": now,
            "created_by": by,
        }
        try:
            with self._database.transaction() as connection:
                connection.execute(insert(api_tokens).values(row))
        except IntegrityError as fault:
            raise NameTaken(name) from fault
        return token

    def all(self) -> list[ApiToken]:
        """All tokens, ordered by name."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(*_columns).order_by("name"))
            return [ApiToken(*row) for row in rows]

    def find(self, token_hash: bytes, now: datetime) -> ApiToken | None:
        """The token with this hash; `used_at` is updated at most once a minute."""
        with self._database.transaction() as connection:
            row = connection.execute(
                select(*_columns).where(api_tokens.c.token_hash == token_hash)
            ).one_or_none()
            if row is None:
                return None
            token = ApiToken(*row)
            last = token.used_at
            if last is None or (now - last).total_seconds() > USE_NOTED_EVERY_SECONDS:
                connection.execute(
                    update(api_tokens).where(api_tokens.c.id == token.id).values(used_at=now)
                )
        return token

    def remove(self, token_id: UUID) -> str | None:
        """Remove a token and answer its name; `None`: no such token."""
        statement = (
            delete(api_tokens).where(api_tokens.c.id == token_id).returning(api_tokens.c.name)
        )
        with self._database.transaction() as connection:
            return connection.execute(statement).scalar_one_or_none()
