"""Changes to accounts and API tokens, with permission checks. Every change is audited."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from analytics.people import credentials
from analytics.permission.actor import SHELL, Actor, InvalidChange, NotAllowed
from models.database.engine import Database, DatabaseAway
from models.people.accounts import ROLES, Account, Accounts, EmailTaken, LastAdmin
from models.people.api_tokens import TOKEN_ROLES, ApiToken, ApiTokens, NameTaken
from models.people.audit import Audit, AuditEntry

__all__ = [
    "ROLES",
    "TOKEN_ROLES",
    "Account",
    "AccountActions",
    "ApiToken",
    "AuditEntry",
    "DatabaseAway",
    "EmailTaken",
    "LastAdmin",
    "NameTaken",
]

_email = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
TOKEN_NAME = re.compile(r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,63}")


class AccountActions:
    """Accounts and tokens. Methods raise `NotAllowed` unless the actor is an admin, and
    `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._accounts = Accounts(database)
        self._tokens = ApiTokens(database)
        self._audit = Audit(database)
        self._now = now

    def people(self, actor: Actor) -> list[Account]:
        """All accounts."""
        _require_admin(actor)
        return self._accounts.all()

    def tokens(self, actor: Actor) -> list[ApiToken]:
        """All tokens, without their secrets."""
        _require_admin(actor)
        return self._tokens.all()

    def trail(self, actor: Actor) -> list[AuditEntry]:
        """The newest entries of the audit trail."""
        _require_admin(actor)
        return self._audit.latest()

    def add_person(self, actor: Actor, email: str, role: str, password: str) -> Account:
        """Add an account. Raises `InvalidChange`, `PasswordRefused`, `EmailTaken`."""
        _require_admin(actor)
        if not _email.fullmatch(email):
            raise InvalidChange(f"{email!r} is no e-mail address.")
        if role not in ROLES:
            raise InvalidChange(f"A person is {' or '.join(ROLES)}.")
        credentials.check_password_rules(password, email)
        hashed = credentials.hashed_password(password)
        account = self._accounts.add(email, role, hashed, self._now())
        self._record(actor, "added person", account.email, role=role)
        return account

    def set_password(self, actor: Actor, account: Account, password: str) -> None:
        """Set a password, and end all sessions of the account. Raises `PasswordRefused`."""
        if actor.account_id != account.id:
            _require_admin(actor)
        credentials.check_password_rules(password, account.email)
        self._accounts.set_password(account.id, credentials.hashed_password(password))
        self._record(actor, "set password", account.email)

    def set_role(self, actor: Actor, account: Account, role: str) -> None:
        """Change the role of an account. Raises `InvalidChange`, `LastAdmin`."""
        _require_admin(actor)
        if role not in ROLES:
            raise InvalidChange(f"A person is {' or '.join(ROLES)}.")
        self._accounts.set_role(account.id, role)
        self._record(actor, "set role", account.email, role=role)

    def remove_person(self, actor: Actor, account: Account) -> None:
        """Remove an account and its own tokens, effective at once. Raises `LastAdmin`."""
        _require_admin(actor)
        if self._accounts.remove(account.id):
            self._tokens.remove_personal(account.email)
            self._record(actor, "removed person", account.email)

    def add_token(self, actor: Actor, name: str, role: str) -> str:
        """The secret of a new token, which is not stored. Raises `InvalidChange`, `NameTaken`."""
        _require_admin(actor)
        if not TOKEN_NAME.fullmatch(name):
            raise InvalidChange("A token's name has 1 to 64 printable characters.")
        if role not in TOKEN_ROLES:
            raise InvalidChange(f"A token is {', '.join(TOKEN_ROLES[:-1])} or {TOKEN_ROLES[-1]}.")
        token = credentials.new_token()
        self._tokens.add(name, role, credentials.hashed_token(token), actor.name, self._now())
        self._record(actor, "added token", name, role=role)
        return token

    def remove_token(self, actor: Actor, token_id: UUID) -> None:
        """Revoke a token, effective at once."""
        _require_admin(actor)
        name = self._tokens.remove(token_id)
        if name is not None:
            self._record(actor, "removed token", name)

    def find_person(self, actor: Actor, email: str) -> Account | None:
        """The account with this address."""
        _require_admin(actor)
        account_and_hash = self._accounts.with_password(email)
        return account_and_hash[0] if account_and_hash else None

    def ensure_first_admin(self, email: str, password: str | None) -> str | None:
        """Add the first admin when there is no account; returns the password if it was generated.

        Raises `InvalidChange` and `PasswordRefused` for an unusable address or password.
        """
        if self._accounts.count():
            return None
        generated = None if password else credentials.new_password()
        self.add_person(SHELL, email, "admin", password or generated or "")
        return generated

    def _record(self, actor: Actor, action: str, subject: str, **detail: str) -> None:
        self._audit.record(AuditEntry(self._now(), actor.name, action, subject, dict(detail)))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
