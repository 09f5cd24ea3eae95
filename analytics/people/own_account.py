"""What every person changes of their own: the password, and the tokens of their programs."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from analytics.people import credentials
from analytics.people.actions import TOKEN_NAME
from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from models.database.engine import Database
from models.people.accounts import Accounts
from models.people.api_tokens import OWN_ROLES, ApiToken, ApiTokens, personal_name
from models.people.audit import Audit, AuditEntry

MOST_TOKENS = 20


class WrongPassword(Exception):
    """The current password is another."""


class TooManyAttempts(Exception):
    """Passwords were tried too often; `wait_seconds` until the next attempt is checked."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(wait_seconds)
        self.wait_seconds = wait_seconds


class SignIn(Protocol):
    """The sign-in of the current request, and the attempts that are counted with those at `/login`.

    Methods raise `DatabaseAway`.
    """

    def sign_in_hash(self) -> bytes | None:
        """The hash it is stored under, `None` where there is none."""

    def wait_seconds(self, email: str) -> int:
        """Count an attempt at a password: 0 when allowed, else seconds until the next one."""

    def reset(self, email: str) -> None:
        """Forget the attempts after the right password."""


class OwnAccount:
    """Methods raise `NotAllowed` unless the actor is a person, and `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime], sign_in: SignIn) -> None:
        self._accounts = Accounts(database)
        self._tokens = ApiTokens(database)
        self._audit = Audit(database)
        self._now = now
        self._sign_in = sign_in

    def set_password(self, actor: Actor, current: str, new: str) -> None:
        """Set the password, and end all other sign-ins of the person.

        Raises `TooManyAttempts`, `WrongPassword`, `PasswordRefused`.
        """
        account_id = _person(actor)
        wait = self._sign_in.wait_seconds(actor.name)
        if wait:
            raise TooManyAttempts(wait)
        account_and_hash = self._accounts.with_password(actor.name)
        password_hash = account_and_hash[1] if account_and_hash else None
        if not credentials.is_password(current, password_hash):
            raise WrongPassword
        self._sign_in.reset(actor.name)
        credentials.check_password_rules(new, actor.name)
        hashed = credentials.hashed_password(new)
        self._accounts.set_password(account_id, hashed, keep=self._sign_in.sign_in_hash())
        self._record(actor, "set own password", actor.name)

    def tokens(self, actor: Actor) -> list[ApiToken]:
        """The person's own tokens, without their secrets."""
        _person(actor)
        return self._tokens.personal(actor.name)

    def add_token(self, actor: Actor, name: str, role: str) -> str:
        """The secret of a new token, which is not stored; its role is one of `token_roles`.

        Raises `InvalidChange`, `NameTaken`.
        """
        _person(actor)
        if role not in token_roles(actor):
            raise NotAllowed(f"Your tokens are {' or '.join(token_roles(actor))}.")
        if not TOKEN_NAME.fullmatch(name):
            raise InvalidChange("A token's name has 1 to 64 printable characters.")
        if len(self._tokens.personal(actor.name)) >= MOST_TOKENS:
            raise InvalidChange(f"You have {MOST_TOKENS} tokens: revoke one first.")
        token, full_name = credentials.new_token(), personal_name(actor.name, name)
        hashed = credentials.hashed_token(token)
        self._tokens.add(full_name, role, hashed, actor.name, self._now())
        self._record(actor, "added own token", full_name, role=role)
        return token

    def remove_token(self, actor: Actor, token_id: UUID) -> None:
        """Revoke one of the person's own tokens, effective at once; any other stays."""
        _person(actor)
        name = self._tokens.remove(token_id, owner=actor.name)
        if name is not None:
            self._record(actor, "removed own token", name)

    def _record(self, actor: Actor, action: str, subject: str, **detail: str) -> None:
        self._audit.record(AuditEntry(self._now(), actor.name, action, subject, dict(detail)))


def token_roles(actor: Actor) -> tuple[str, ...]:
    """The roles that a person's own tokens may have: never more than the person may do."""
    return OWN_ROLES.get(actor.role, ())


def _person(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise NotAllowed("Only a person who is signed in may do this.")
    return actor.account_id
