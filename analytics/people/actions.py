"""What may be changed, by whom: people and tokens. Every change stands in the audit trail."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from analytics.people import credentials
from analytics.permission.actor import SHELL, Actor, NotAllowed, Refused
from models.database.engine import Database, DatabaseAway
from models.people.accounts import ROLES, Account, Accounts, EmailTaken, LastAdmin
from models.people.api_tokens import TOKEN_ROLES, ApiToken, ApiTokens, NameTaken
from models.people.audit import Audit, Entry

__all__ = [
    "ROLES",
    "TOKEN_ROLES",
    "Account",
    "Actions",
    "ApiToken",
    "DatabaseAway",
    "EmailTaken",
    "Entry",
    "LastAdmin",
    "NameTaken",
]

_email = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
_name = re.compile(r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,63}")


class Actions:
    """People and tokens. Methods raise `NotAllowed` for all but admins, and `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._accounts = Accounts(database)
        self._tokens = ApiTokens(database)
        self._audit = Audit(database)
        self._now = now

    def people(self, actor: Actor) -> list[Account]:
        """Everybody who may sign in."""
        _require_admin(actor)
        return self._accounts.all()

    def tokens(self, actor: Actor) -> list[ApiToken]:
        """Every token, without its secret."""
        _require_admin(actor)
        return self._tokens.all()

    def trail(self, actor: Actor) -> list[Entry]:
        """The newest changes."""
        _require_admin(actor)
        return self._audit.latest()

    def add_person(self, actor: Actor, email: str, role: str, password: str) -> Account:
        """Let somebody in. Raises `Refused`, `PasswordRefused`, `EmailTaken`."""
        _require_admin(actor)
        if not _email.fullmatch(email):
            raise Refused(f"{email!r} is no e-mail address.")
        if role not in ROLES:
            raise Refused(f"A person is {' or '.join(ROLES)}.")
        credentials.check_password_rules(password, email)
        hashed = credentials.hashed_password(password)
        account = self._accounts.add(email, role, hashed, self._now())
        self._note(actor, "added person", account.email, role=role)
        return account

    def set_password(self, actor: Actor, account: Account, password: str) -> None:
        """Give a new password, and sign the person out everywhere. Raises `PasswordRefused`."""
        if actor.account_id != account.id:
            _require_admin(actor)
        credentials.check_password_rules(password, account.email)
        self._accounts.set_password(account.id, credentials.hashed_password(password))
        self._note(actor, "set password", account.email)

    def set_role(self, actor: Actor, account: Account, role: str) -> None:
        """Change what a person may do. Raises `Refused`, `LastAdmin`."""
        _require_admin(actor)
        if role not in ROLES:
            raise Refused(f"A person is {' or '.join(ROLES)}.")
        self._accounts.set_role(account.id, role)
        self._note(actor, "set role", account.email, role=role)

    def remove_person(self, actor: Actor, account: Account) -> None:
        """Let somebody in no more, at once. Raises `LastAdmin`."""
        _require_admin(actor)
        if self._accounts.remove(account.id):
            self._note(actor, "removed person", account.email)

    def add_token(self, actor: Actor, name: str, role: str) -> str:
        """The secret of a new token, shown this once. Raises `Refused`, `NameTaken`."""
        _require_admin(actor)
        if not _name.fullmatch(name):
            raise Refused("A token's name has 1 to 64 printable characters.")
        if role not in TOKEN_ROLES:
            raise Refused(f"A token is {', '.join(TOKEN_ROLES[:-1])} or {TOKEN_ROLES[-1]}.")
        token = credentials.new_token()
        self._tokens.add(name, role, credentials.hashed_token(token), actor.name, self._now())
        self._note(actor, "added token", name, role=role)
        return token

    def remove_token(self, actor: Actor, token_id: UUID) -> None:
        """Make a token worthless, at once."""
        _require_admin(actor)
        name = self._tokens.remove(token_id)
        if name is not None:
            self._note(actor, "removed token", name)

    def find_person(self, actor: Actor, email: str) -> Account | None:
        """The account of an address."""
        _require_admin(actor)
        found = self._accounts.with_password(email)
        return found[0] if found else None

    def ensure_first_admin(self, email: str, password: str | None) -> str | None:
        """Make the first admin when there is nobody; the password when it had to be made up.

        Raises `Refused` and `PasswordRefused` for an address or password that cannot be taken.
        """
        if self._accounts.count():
            return None
        made = None if password else credentials.new_password()
        self.add_person(SHELL, email, "admin", password or made or "")
        return made

    def _note(self, actor: Actor, action: str, subject: str, **detail: str) -> None:
        self._audit.note(Entry(self._now(), actor.name, action, subject, dict(detail)))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
