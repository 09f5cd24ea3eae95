"""The page of the own account: what is pressed, what it says, what it clears."""

from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from analytics.people.own_account import OwnAccount, TooManyAttempts, WrongPassword
from analytics.permission.actor import Actor
from dashboard.people import frames, own_account
from models.people.api_tokens import ApiToken
from tests.support.clock import NOON
from tests.support.pages.components import components_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services

EVE = Actor("eve@example.com", "analyst", uuid4())
TYPED = {"own-current.value": "the current", "own-new.value": "new", "own-repeat.value": "new"}


class FakeAccount:
    """One token; the password is `the current`."""

    def __init__(self) -> None:
        self.token = ApiToken(uuid4(), f"{EVE.name}: <b>", "analyst", NOON, EVE.name, None)
        self.removed: list[UUID] = []

    def set_password(self, _actor: Actor, current: str, _new: str) -> None:
        if current == "again":
            raise TooManyAttempts(61)
        if current != "the current":
            raise WrongPassword

    def tokens(self, _actor: Actor) -> list[ApiToken]:
        return [self.token]

    def add_token(self, _actor: Actor, _name: str, _role: str) -> str:
        return "wsmon_secret"

    def remove_token(self, _actor: Actor, token_id: UUID) -> None:
        self.removed.append(token_id)


def press(
    pressed: str, values: dict[str, Any], viewer: Actor | None = EVE, account: Any = None
) -> dict[str, Any]:
    app = empty_application()
    services = page_services(
        own_account=cast(OwnAccount, account or FakeAccount()), viewer=lambda: viewer
    )
    own_account.register(app, services)
    return call(app, own_account.LIST, values | {pressed: 1}, pressed)


@pytest.mark.parametrize("pressed", ["own-password-save.n_clicks", "own-repeat.n_submit"])
def test_a_changed_password_is_confirmed_and_cleared(pressed: str) -> None:
    changed = press(pressed, TYPED)
    assert "Your sign-ins elsewhere have ended." in written(changed["own-notice"])
    assert [changed[name]["value"] for name in own_account.PASSWORDS] == ["", "", ""]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"own-current.value": "a guess"}, "The current password is another."),
        ({"own-current.value": "again"}, "Too many attempts. Try again in 2 min."),
        ({"own-repeat.value": "neu"}, "The new password was typed in two ways."),
    ],
)
def test_a_refused_password_says_why_and_stays(typed: dict[str, str], reason: str) -> None:
    changed = press("own-password-save.n_clicks", TYPED | typed)
    assert reason in written(changed["own-notice"])
    assert "own-new" not in changed


def test_own_tokens_are_listed_by_their_short_names_and_revoked() -> None:
    account = FakeAccount()
    created = press("own-token-add.n_clicks", {"own-token-name.value": "laptop"}, account=account)
    assert "wsmon_secret" in written(created["own-notice"])
    assert created["own-token-role"]["options"] == ["analyst"]
    assert (
        EVE.name not in written(created[own_account.LIST]["children"]["props"]["children"][1])[:0]
    )
    button = f'{{"act":"revoke","subject":"{account.token.id}","type":"own-revoke"}}.n_clicks'
    revoked = press(button, {}, account=account)
    assert "The token was revoked." in written(revoked["own-notice"])
    assert account.removed == [account.token.id]


@pytest.mark.parametrize("viewer", [None, Actor("token x", "admin")])
def test_programs_and_strangers_have_no_account(viewer: Actor | None) -> None:
    changed = press("own-token-add.n_clicks", {}, viewer)
    assert "Only a person who is signed in has an account." in written(changed)


def test_the_roles_of_a_form_are_a_group_with_a_name() -> None:
    form = components_of(frames.name_form("own-token", "Name", ("analyst",), "Create"))
    (group,) = [part for part in form if getattr(part, "role", "") == "radiogroup"]
    assert getattr(group, "aria-label") == "Role of the new token"
