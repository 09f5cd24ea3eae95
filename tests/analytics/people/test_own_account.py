"""Every person changes their own password and tokens, and nobody more than that."""

from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from analytics.people import credentials
from analytics.people.actions import AccountActions, NameTaken
from analytics.people.credentials import PasswordRefused
from analytics.people.own_account import (
    MOST_TOKENS,
    OwnAccount,
    TooManyAttempts,
    WrongPassword,
    token_roles,
)
from analytics.permission.actor import SHELL, Actor, InvalidChange, NotAllowed
from models.database.engine import Database
from models.people.accounts import Accounts
from models.people.api_tokens import ApiToken, ApiTokens
from models.people.audit import Audit
from tests.support.clock import NOON, Clock

PASSWORD, ANOTHER = "correct horse battery staple", "another long password"
HERE, ELSEWHERE = b"this sign-in", b"another one of hers"


@dataclass
class RecordedSignIn:
    """The sign-in `HERE`; `wait` is the answer to the next attempt."""

    wait: int = 0
    attempts: list[str] = field(default_factory=list)

    def sign_in_hash(self) -> bytes | None:
        return HERE

    def wait_seconds(self, email: str) -> int:
        self.attempts.append(email)
        return self.wait

    def reset(self, email: str) -> None:
        self.attempts.remove(email)


@pytest.fixture
def people(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AccountActions:
    monkeypatch.setattr(credentials, "hashed_password", lambda password: password)
    monkeypatch.setattr(credentials, "is_password", lambda password, stored: password == stored)
    return AccountActions(database, clock)


@pytest.fixture
def sign_in() -> RecordedSignIn:
    return RecordedSignIn()


@pytest.fixture
def own(
    database: Database, people: AccountActions, sign_in: RecordedSignIn, clock: Clock
) -> OwnAccount:
    return OwnAccount(database, clock, sign_in)


def person(people: AccountActions, email: str = "eve@example.com", role: str = "analyst") -> Actor:
    account = people.add_person(SHELL, email, role, PASSWORD)
    return Actor(account.email, role, account.id)


def stored_token(database: Database, secret: str) -> ApiToken | None:
    return ApiTokens(database).find(credentials.hashed_token(secret), NOON)


def test_a_new_password_asks_for_the_current_and_ends_the_other_sign_ins(
    own: OwnAccount, people: AccountActions, database: Database, sign_in: RecordedSignIn
) -> None:
    eve, accounts = person(people), Accounts(database)
    assert eve.account_id is not None
    for secret_hash in (HERE, ELSEWHERE):
        accounts.sign_in(eve.account_id, secret_hash, NOON, NOON.replace(hour=23))
    with pytest.raises(WrongPassword):
        own.set_password(eve, "a guess of somebody", ANOTHER)
    with pytest.raises(PasswordRefused):
        own.set_password(eve, PASSWORD, "short")
    assert sign_in.attempts == [eve.name]
    own.set_password(eve, PASSWORD, ANOTHER)
    assert accounts.signed_in(HERE, NOON) is not None
    assert accounts.signed_in(ELSEWHERE, NOON) is None
    stored = accounts.with_password(eve.name)
    assert stored is not None
    assert stored[1] == ANOTHER
    assert Audit(database).latest()[0].action == "set own password"


def test_guesses_at_the_current_password_are_slowed_down(
    own: OwnAccount, people: AccountActions, sign_in: RecordedSignIn
) -> None:
    eve, sign_in.wait = person(people), 840
    with pytest.raises(TooManyAttempts) as refused:
        own.set_password(eve, PASSWORD, ANOTHER)
    assert refused.value.wait_seconds == 840


def test_an_analyst_makes_and_revokes_tokens_that_read_and_no_others(
    own: OwnAccount, people: AccountActions, database: Database
) -> None:
    eve = person(people)
    assert token_roles(eve) == ("analyst",)
    for role in ("admin", "ingest", "owner"):
        with pytest.raises(NotAllowed, match="Your tokens are analyst"):
            own.add_token(eve, "laptop", role)
    secret = own.add_token(eve, "laptop", "analyst")
    with pytest.raises(NameTaken):
        own.add_token(eve, "laptop", "analyst")
    with pytest.raises(InvalidChange):
        own.add_token(eve, "\x07", "analyst")
    (token,) = own.tokens(eve)
    assert (token.name, token.short_name) == ("eve@example.com: laptop", "laptop")
    assert stored_token(database, secret) is not None
    own.remove_token(eve, token.id)
    assert stored_token(database, secret) is None


def test_nobody_sees_or_revokes_the_tokens_of_another(
    own: OwnAccount, people: AccountActions, database: Database
) -> None:
    eve, mallory = person(people), person(people, "%@example.com")
    secrets = [own.add_token(eve, "laptop", "analyst"), people.add_token(SHELL, "ci", "ingest")]
    assert own.tokens(mallory) == []
    for token in people.tokens(SHELL):
        own.remove_token(mallory, token.id)
    own.remove_token(eve, next(token.id for token in people.tokens(SHELL) if token.name == "ci"))
    assert all(stored_token(database, secret) for secret in secrets)


def test_a_token_may_no_more_than_its_person_may_now(
    own: OwnAccount, people: AccountActions, database: Database
) -> None:
    people.add_person(SHELL, "root@example.com", "admin", PASSWORD)
    ada = person(people, "ada@example.com", "admin")
    account = people.find_person(SHELL, ada.name)
    assert account is not None
    powerful, reading = own.add_token(ada, "a", "admin"), own.add_token(ada, "b", "analyst")
    people.set_role(SHELL, account, "analyst")
    assert stored_token(database, powerful) is None
    assert stored_token(database, reading) is not None
    people.remove_person(SHELL, account)
    person(people, ada.name)
    assert stored_token(database, reading) is None


def test_tokens_of_a_person_are_bounded(own: OwnAccount, people: AccountActions) -> None:
    eve = person(people)
    for number in range(MOST_TOKENS):
        own.add_token(eve, f"token {number}", "analyst")
    with pytest.raises(InvalidChange, match="revoke one first"):
        own.add_token(eve, "a further token", "analyst")


def test_a_program_has_no_account(own: OwnAccount) -> None:
    program = Actor("token eve@example.com: laptop", "admin")
    calls = (
        lambda: own.set_password(program, PASSWORD, ANOTHER),
        lambda: own.tokens(program),
        lambda: own.add_token(program, "x", "admin"),
        lambda: own.remove_token(program, uuid4()),
    )
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
