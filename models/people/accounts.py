"""Accounts of people, and their open sessions (sign-ins)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    Row,
    Table,
    Text,
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

ROLES = ("analyst", "admin")

accounts = Table(
    "accounts",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("email", Text(), nullable=False, unique=True),
    Column("role", Text(), nullable=False),
    Column("password_hash", Text(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("signed_in_at", DateTime(timezone=True)),
    CheckConstraint("role IN ('analyst', 'admin')", name="role"),
    CheckConstraint("email = lower(email)", name="email_is_lower_case"),
)
sign_ins = Table(
    "sign_ins",
    Base.metadata,
    Column("token_hash", LargeBinary(), primary_key=True),
    Column(
        "account_id",
        Uuid(),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)


class EmailTaken(Exception):
    """Another account has this address already."""


class LastAdmin(Exception):
    """The change would leave no admin."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person. `signed_in_at` is `None` until the first sign-in."""

    id: UUID
    email: str
    role: str
    created_at: datetime
    signed_in_at: datetime | None


_columns = (
    accounts.c.id,
    accounts.c.email,
    accounts.c.role,
    accounts.c.created_at,
    accounts.c.signed_in_at,
)


class Accounts:
    """The repository of accounts. Addresses are compared in lower case. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, email: str, role: str, password_hash: str, now: datetime) -> Account:
        """A new account. Raises `EmailTaken`."""
        account = Account(uuid4(), email.lower(), role, now, None)
        row = {
            "id": account.id,
            "email": account.email,
            "role": role,
            "password_hash": password_hash,
            "created_at": now,
        }
        try:
            with self._database.transaction() as connection:
                connection.execute(insert(accounts).values(row))
        except IntegrityError as fault:
            raise EmailTaken(email) from fault
        return account

    def all(self) -> list[Account]:
        """All accounts, ordered by address."""
        with self._database.transaction() as connection:
            return [_account(r) for r in connection.execute(select(*_columns).order_by("email"))]

    def count(self) -> int:
        """Number of accounts."""
        with self._database.transaction() as connection:
            return connection.execute(select(func.count()).select_from(accounts)).scalar_one()

    def with_password(self, email: str) -> tuple[Account, str] | None:
        """The account of an address with its password hash."""
        query = select(*_columns, accounts.c.password_hash).where(accounts.c.email == email.lower())
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (_account(row), str(row.password_hash))

    def set_password(self, account_id: UUID, password_hash: str, keep: bytes | None = None) -> bool:
        """Set the password and end all sign-ins, but that of the hash `keep`; False: no account."""
        ended = sign_ins.c.account_id == account_id
        if keep is not None:
            ended &= sign_ins.c.token_hash != keep
        with self._database.transaction() as connection:
            updated = connection.execute(
                update(accounts)
                .where(accounts.c.id == account_id)
                .values(password_hash=password_hash)
            ).rowcount
            connection.execute(delete(sign_ins).where(ended))
        return bool(updated)

    def set_role(self, account_id: UUID, role: str) -> bool:
        """Change the role; False: no such account. Raises `LastAdmin`."""
        with self._database.transaction() as connection:
            admins = connection.execute(_locked_admins).scalars().all()
            if role != "admin" and list(admins) == [account_id]:
                raise LastAdmin
            change = update(accounts).where(accounts.c.id == account_id).values(role=role)
            return bool(connection.execute(change).rowcount)

    def remove(self, account_id: UUID) -> bool:
        """Remove the account and its sign-ins; False: no such account. Raises `LastAdmin`."""
        with self._database.transaction() as connection:
            if list(connection.execute(_locked_admins).scalars()) == [account_id]:
                raise LastAdmin
            statement = delete(accounts).where(accounts.c.id == account_id)
            return bool(connection.execute(statement).rowcount)

    def sign_in(
        self, account_id: UUID, token_hash: bytes, now: datetime, expires_at: datetime
    ) -> None:
        """Store a sign-in under the hash of its secret."""
        with self._database.transaction() as connection:
            connection.execute(
                insert(sign_ins).values(
                    token_hash=token_hash,
                    account_id=account_id,
                    created_at=now,
                    expires_at=expires_at,
                )
            )
            connection.execute(
                update(accounts).where(accounts.c.id == account_id).values(signed_in_at=now)
            )

    def signed_in(self, token_hash: bytes, now: datetime) -> Account | None:
        """The account of a sign-in that has not expired."""
        query = (
            select(*_columns)
            .join(sign_ins, sign_ins.c.account_id == accounts.c.id)
            .where(sign_ins.c.token_hash == token_hash, sign_ins.c.expires_at > now)
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _account(row)

    def sign_out(self, token_hash: bytes) -> None:
        """End a sign-in."""
        with self._database.transaction() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.token_hash == token_hash))

    def forget_expired(self, now: datetime) -> int:
        """Delete sign-ins that have ended; how many."""
        with self._database.transaction() as connection:
            return connection.execute(delete(sign_ins).where(sign_ins.c.expires_at <= now)).rowcount


_locked_admins = select(accounts.c.id).where(accounts.c.role == "admin").with_for_update()


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(row.id, row.email, row.role, row.created_at, row.signed_in_at)
