"""Accounts and tokens are changed by admins only, and every change leaves an entry."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from analytics.people import actions, credentials
from analytics.people.actions import AccountActions, EmailTaken, LastAdmin, NameTaken
from analytics.people.credentials import PasswordRefused
from analytics.permission.actor import SHELL, Actor, InvalidChange, NotAllowed
from models.database.engine import Database
from models.people.accounts import Accounts
from models.people.api_tokens import ApiTokens
from tests.support.clock import NOON, Clock

PASSWORD = "correct horse battery staple"
ANALYST = Actor("m@example.com", "analyst")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow hash is tested with the credentials."""
    monkeypatch.setattr(credentials, "hashed_password", lambda password: "hash of " + password)


@pytest.fixture
def people(database: Database, clock: Clock) -> AccountActions:
    return AccountActions(database, clock)


def entries(people: AccountActions) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.action, entry.subject) for entry in people.trail(SHELL)]


def test_every_action_asks_for_an_admin(people: AccountActions) -> None:
    ada = people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    calls: list[Callable[[], object]] = [
        lambda: people.people(ANALYST),
        lambda: people.tokens(ANALYST),
        lambda: people.trail(ANALYST),
        lambda: people.add_person(ANALYST, "b@example.com", "admin", PASSWORD),
        lambda: people.set_password(ANALYST, ada, PASSWORD),
        lambda: people.set_role(ANALYST, ada, "analyst"),
        lambda: people.remove_person(ANALYST, ada),
        lambda: people.add_token(ANALYST, "t", "admin"),
        lambda: people.remove_token(ANALYST, uuid4()),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert len(entries(people)) == 1


def test_somebody_may_set_their_own_password(people: AccountActions, database: Database) -> None:
    grace = people.add_person(SHELL, "grace@example.com", "analyst", PASSWORD)
    herself = Actor(grace.email, grace.role, grace.id)
    people.set_password(herself, grace, "another long password")
    stored = Accounts(database).with_password("grace@example.com")
    assert stored is not None
    assert stored[1] == "hash of another long password"
    assert entries(people)[0] == ("grace@example.com", "set password", "grace@example.com")


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b@c", "a b@c", "a@b\r\nc", "a@\x7f", "x" * 65 + "@b", "@b", "a@"]
)
def test_what_is_no_address_is_refused(people: AccountActions, email: str) -> None:
    with pytest.raises(InvalidChange, match="no e-mail address"):
        people.add_person(SHELL, email, "admin", PASSWORD)


def test_a_person_has_a_role_of_persons(people: AccountActions) -> None:
    for role in ("ingest", "root", ""):
        with pytest.raises(InvalidChange, match="A person is"):
            people.add_person(SHELL, "a@example.com", role, PASSWORD)
    with pytest.raises(PasswordRefused):
        people.add_person(SHELL, "a@example.com", "admin", "short")
    assert people.people(SHELL) == []


def test_an_address_is_taken_in_any_case(people: AccountActions) -> None:
    people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    with pytest.raises(EmailTaken):
        people.add_person(SHELL, "ADA@example.com", "analyst", PASSWORD)


def test_an_admin_always_remains(people: AccountActions) -> None:
    ada = people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    with pytest.raises(LastAdmin):
        people.set_role(SHELL, ada, "analyst")
    with pytest.raises(LastAdmin):
        people.remove_person(SHELL, ada)
    people.add_person(SHELL, "bob@example.com", "admin", PASSWORD)
    people.set_role(SHELL, ada, "analyst")
    assert {a.email: a.role for a in people.people(SHELL)} == {
        "ada@example.com": "analyst", "bob@example.com": "admin",
    }  # fmt: skip


def test_an_unknown_role_changes_nothing(people: AccountActions) -> None:
    ada = people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    with pytest.raises(InvalidChange):
        people.set_role(SHELL, ada, "ingest")
    assert [account.role for account in people.people(SHELL)] == ["admin"]


def test_removing_somebody_twice_is_recorded_once(people: AccountActions) -> None:
    people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    bob = people.add_person(SHELL, "bob@example.com", "analyst", PASSWORD)
    for _ in range(2):
        people.remove_person(SHELL, bob)
    removals = [entry for entry in entries(people) if entry[1] == "removed person"]
    assert removals == [("the command line", "removed person", "bob@example.com")]


def test_a_token_is_stored_as_its_hash_and_recorded_without_it(
    people: AccountActions, database: Database
) -> None:
    secret = people.add_token(Actor("ada@example.com", "admin"), "shop <b>", "ingest")
    (token,) = people.tokens(SHELL)
    assert (token.name, token.role, token.created_by) == ("shop <b>", "ingest", "ada@example.com")
    assert ApiTokens(database).find(credentials.hashed_token(secret), NOON) == token
    assert secret not in str(people.trail(SHELL))


@pytest.mark.parametrize("name", ["", " x", "a\nb", "\x7f", "x" * 65])
def test_a_token_needs_a_printable_name(people: AccountActions, name: str) -> None:
    with pytest.raises(InvalidChange, match="1 to 64"):
        people.add_token(SHELL, name, "ingest")


def test_a_token_has_a_role_and_a_name_of_its_own(people: AccountActions) -> None:
    with pytest.raises(InvalidChange, match="ingest, analyst or admin"):
        people.add_token(SHELL, "t", "root")
    people.add_token(SHELL, "t", "ingest")
    with pytest.raises(NameTaken):
        people.add_token(SHELL, "t", "admin")


def test_a_revoked_token_opens_nothing_any_more(people: AccountActions, database: Database) -> None:
    secret = people.add_token(SHELL, "t", "ingest")
    (token,) = people.tokens(SHELL)
    for _ in range(2):
        people.remove_token(SHELL, token.id)
    assert ApiTokens(database).find(credentials.hashed_token(secret), NOON) is None
    assert [action for _, action, _ in entries(people)].count("removed token") == 1


def test_the_first_admin_is_added_once(people: AccountActions) -> None:
    generated = people.ensure_first_admin("ada@example.com", None)
    assert generated is not None
    credentials.check_password_rules(generated)
    assert people.ensure_first_admin("eve@example.com", PASSWORD) is None
    assert [account.email for account in people.people(SHELL)] == ["ada@example.com"]


def test_a_password_of_the_settings_is_not_repeated(people: AccountActions) -> None:
    assert people.ensure_first_admin("ada@example.com", PASSWORD) is None
    assert [account.role for account in people.people(SHELL)] == ["admin"]
    assert PASSWORD not in str(people.trail(SHELL))


def test_the_times_of_entries_are_those_of_the_clock(people: AccountActions, clock: Clock) -> None:
    people.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    clock.advance(hours=1)
    people.add_token(SHELL, "t", "ingest")
    times = [entry.at for entry in people.trail(SHELL)]
    assert times == [clock.at, NOON]
    assert set(actions.ROLES) == {"analyst", "admin"}
