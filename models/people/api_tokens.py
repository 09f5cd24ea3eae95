"""Bearer tokens of programs. Only their SHA-256 is stored: they are long and random.

A personal token is one that a person made for programs of their own: its name begins with their
address. It may no more than the person may at the time of use.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
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
from models.people.accounts import accounts

TOKEN_ROLES = ("ingest", "analyst", "admin")
OWN_ROLES = {"analyst": ("analyst",), "admin": TOKEN_ROLES}  # of personal tokens, by the person's
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


def personal_name(email: str, name: str) -> str:
    """The full name of a personal token: `ada@example.com: laptop`."""
    return f"{email}: {name}"


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

    @property
    def is_personal(self) -> bool:
        """Whether a person made it for programs of their own."""
        return self.name.startswith(personal_name(self.created_by, ""))

    @property
    def short_name(self) -> str:
        """The name, of a personal token without its person."""
        return self.name.removeprefix(personal_name(self.created_by, ""))


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

    def personal(self, email: str) -> list[ApiToken]:
        """The personal tokens of an account, ordered by name."""
        query = select(*_columns).where(_personal_of(email)).order_by("name")
        with self._database.transaction() as connection:
            return [ApiToken(*row) for row in connection.execute(query)]

    def find(self, token_hash: bytes, now: datetime) -> ApiToken | None:
        """The token with this hash; `used_at` is updated at most once a minute.

        A personal one only while the person exists and may have it.
        """
        owner_role = (
            select(accounts.c.role).where(accounts.c.email == api_tokens.c.created_by)
        ).scalar_subquery()
        query = select(*_columns, owner_role).where(api_tokens.c.token_hash == token_hash)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            token = ApiToken(*row[:-1])
            if token.is_personal and token.role not in OWN_ROLES.get(row[-1], ()):
                return None
            last = token.used_at
            if last is None or (now - last).total_seconds() > USE_NOTED_EVERY_SECONDS:
                connection.execute(
                    update(api_tokens).where(api_tokens.c.id == token.id).values(used_at=now)
                )
        return token

    def remove_personal(self, email: str) -> None:
        """Remove the personal tokens of an account."""
        with self._database.transaction() as connection:
            connection.execute(delete(api_tokens).where(_personal_of(email)))

    def remove(self, token_id: UUID, owner: str | None = None) -> str | None:
        """Remove a token, with `owner` only a personal one of theirs, and answer its name; `None`:
        no such token."""
        which = api_tokens.c.id == token_id
        if owner is not None:
            which &= _personal_of(owner)
        statement = delete(api_tokens).where(which).returning(api_tokens.c.name)
        with self._database.transaction() as connection:
            return connection.execute(statement).scalar_one_or_none()


def _personal_of(email: str) -> ColumnElement[bool]:
    is_named_so = api_tokens.c.name.startswith(personal_name(email, ""), autoescape=True)
    return (api_tokens.c.created_by == email) & is_named_so
