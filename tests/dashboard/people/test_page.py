"""People and tokens against a real database: what an admin changes, and what others get."""

from typing import Any

import dash
import pytest

from analytics.people import credentials
from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL, Actor
from dashboard.people import page
from models.database.engine import Database
from tests.support.clock import Clock
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services

ADA = Actor("ada@example.com", "admin")
PASSWORD = "correct horse battery"


@pytest.fixture
def actions(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AccountActions:
    """Accounts of an admin ada and an analyst eve."""
    monkeypatch.setattr(credentials, "hashed_password", lambda password: f"hash of {password}")
    actions = AccountActions(database, clock)
    actions.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    actions.add_person(SHELL, "eve@example.com", "analyst", PASSWORD)
    return actions


def press(
    actions: AccountActions, button: str, viewer: Actor | None = ADA, **form: Any
) -> dict[str, Any]:
    """The result of a press, with the form's values by `person_name` and so on."""
    app: dash.Dash = empty_application()
    page.register(app, page_services(accounts=actions, viewer=lambda: viewer))
    values = {f"{name.replace('_', '-')}.value": text for name, text in form.items()}
    pressed = f"{button}.n_clicks"
    return call(app, "people-list", values | {pressed: 1}, pressed)


def act(name: str, subject: object) -> str:
    return f'{{"act":"{name}","subject":"{subject}","type":"people-act"}}'


def roles_of(actions: AccountActions) -> dict[str, str]:
    return {account.email: account.role for account in actions.people(ADA)}


def test_an_added_person_gets_a_password_that_is_displayed_and_the_form_is_cleared(
    actions: AccountActions,
) -> None:
    changed = press(actions, "person-add", person_name=" new@example.com ", person_role="analyst")
    notice = written(changed["people-notice"])
    assert "new@example.com may sign in with this password." in notice
    assert "snippet" in notice
    assert changed["person-name"] == {"value": ""}
    assert roles_of(actions)["new@example.com"] == "analyst"
    assert "new@example.com" in written(changed["people-list"])


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"person_name": "eve@example.com", "person_role": "admin"}, "already exists"),
        ({"person_name": "<b>nobody</b>", "person_role": "admin"}, "is no e-mail address"),
        ({"person_name": "x@example.com", "person_role": "owner"}, "A person is"),
        ({}, "is no e-mail address"),
    ],
)
def test_a_refused_person_leaves_the_form_and_says_why(
    actions: AccountActions, form: dict[str, Any], message: str
) -> None:
    before = roles_of(actions)
    changed = press(actions, "person-add", **form)
    assert message in written(changed["people-notice"])
    assert "banner-calm" not in written(changed["people-notice"])
    assert "person-name" not in changed
    assert roles_of(actions) == before


def test_a_token_is_created_displayed_once_and_revoked(actions: AccountActions) -> None:
    created = press(actions, "token-add", token_name="ci", token_role="ingest")
    assert "The token ci was created." in written(created["people-notice"])
    assert "already exists" in written(
        press(actions, "token-add", token_name="ci", token_role="ingest")
    )
    (token,) = actions.tokens(ADA)
    assert "The token was revoked." in written(press(actions, act("revoke", token.id)))
    assert actions.tokens(ADA) == []


def test_the_last_admin_stays_an_admin(actions: AccountActions) -> None:
    for action in ("make-analyst", "remove"):
        changed = press(actions, act(action, "ada@example.com"))
        assert "This is the last admin: at least one must remain." in written(changed)
    assert roles_of(actions)["ada@example.com"] == "admin"


def test_a_person_is_promoted_and_removed(actions: AccountActions) -> None:
    promoted = press(actions, act("make-admin", "eve@example.com"))
    assert "eve@example.com now has the role admin." in written(promoted)
    removed = press(actions, act("remove", "eve@example.com"))
    assert "eve@example.com was removed and signed out." in written(removed)
    assert "no longer exists" in written(press(actions, act("password", "eve@example.com")))
    assert list(roles_of(actions)) == ["ada@example.com"]


@pytest.mark.parametrize("viewer", [None, Actor("eve", "analyst"), Actor("agent", "ingest")])
def test_nobody_but_an_admin_gets_a_list_or_changes_anything(
    actions: AccountActions, viewer: Actor | None
) -> None:
    changed = press(actions, act("remove", "eve@example.com"), viewer)
    assert written(changed).count("Only an admin may see and change people and tokens.") == 3
    assert "example.com" not in written(changed)
    assert "eve@example.com" in roles_of(actions)


def test_without_a_database_nothing_is_claimed_to_be_changed(clock: Clock) -> None:
    away = AccountActions(Database("postgresql+psycopg2://x@/x?host=/nowhere"), clock)
    changed = press(away, act("remove", "eve@example.com"))
    assert "The database does not answer. Nothing was changed" in written(changed["trail-list"])
    assert "people-notice" not in changed
