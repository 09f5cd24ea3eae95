"""Changes to people and tokens, and the message that reports each."""

from dataclasses import dataclass
from uuid import UUID

from analytics.people import credentials
from analytics.people.actions import Account, AccountActions, EmailTaken, LastAdmin, NameTaken
from analytics.permission.actor import Actor, InvalidChange

FAULTS: dict[type[Exception], str] = {
    EmailTaken: "A user with this e-mail address already exists.",
    NameTaken: "A token with this name already exists.",
    LastAdmin: "This is the last admin: at least one must remain.",
    InvalidChange: "",
    credentials.PasswordRefused: "",
}


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """The message about a change; `secret` is displayed only this once."""

    message: str
    secret: str = ""
    is_fault: bool = False


def add_person(actions: AccountActions, actor: Actor, email: str, role: str) -> ChangeOutcome:
    """Add a user with a generated password. Raises what `Actions.add_person` raises."""
    password = credentials.new_password()
    account = actions.add_person(actor, email, role, password)
    return ChangeOutcome(
        f"{account.email} may sign in with this password. It is displayed once.", password
    )


def add_token(actions: AccountActions, actor: Actor, name: str, role: str) -> ChangeOutcome:
    """Create a token. Raises what `Actions.add_token` raises."""
    secret = actions.add_token(actor, name, role)
    return ChangeOutcome(f"The token {name} was created. Its secret is displayed once.", secret)


def apply_change(actions: AccountActions, actor: Actor, action: str, subject: str) -> ChangeOutcome:
    """Apply the action of a row's button. Raises `LastAdmin`, `InvalidChange`."""
    if action == "revoke":
        actions.remove_token(actor, UUID(subject))
        return ChangeOutcome("The token was revoked.")
    person = actions.find_person(actor, subject)
    if person is None:
        raise InvalidChange(f"{subject} no longer exists.")
    return _change_person(actions, actor, action, person)


def _change_person(
    actions: AccountActions, actor: Actor, action: str, person: Account
) -> ChangeOutcome:
    if action == "password":
        password = credentials.new_password()
        actions.set_password(actor, person, password)
        return ChangeOutcome(f"The new password of {person.email}. It is displayed once.", password)
    if action == "remove":
        actions.remove_person(actor, person)
        return ChangeOutcome(f"{person.email} was removed and signed out.")
    role = action.removeprefix("make-")
    actions.set_role(actor, person, role)
    return ChangeOutcome(f"{person.email} now has the role {role}.")
