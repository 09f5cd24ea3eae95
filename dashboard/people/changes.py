"""What the page may do to people and tokens, and the words that say it was done."""

from dataclasses import dataclass
from uuid import UUID

from analytics.people import credentials
from analytics.people.actions import Account, Actions, EmailTaken, LastAdmin, NameTaken
from analytics.permission.actor import Actor, Refused

FAULTS: dict[type[Exception], str] = {
    EmailTaken: "Somebody with this e-mail address is here already.",
    NameTaken: "A token of this name is here already.",
    LastAdmin: "This is the last admin: somebody must be able to change things.",
    Refused: "",
    credentials.PasswordRefused: "",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What happened; `secret` is shown this once."""

    words: str
    secret: str = ""
    is_fault: bool = False


def add_person(actions: Actions, actor: Actor, email: str, role: str) -> Done:
    """Let somebody in with a password made up here. Raises what `Actions.add_person` raises."""
    password = credentials.new_password()
    account = actions.add_person(actor, email, role, password)
    return Done(f"{account.email} may sign in with this password. It is shown once.", password)


def add_token(actions: Actions, actor: Actor, name: str, role: str) -> Done:
    """Make a token. Raises what `Actions.add_token` raises."""
    secret = actions.add_token(actor, name, role)
    return Done(f"The token {name}. It is shown once.", secret)


def change(actions: Actions, actor: Actor, act: str, subject: str) -> Done:
    """Do one of a row's acts. Raises `LastAdmin`, `Refused`."""
    if act == "revoke":
        actions.remove_token(actor, UUID(subject))
        return Done("The token was revoked.")
    person = actions.find_person(actor, subject)
    if person is None:
        raise Refused(f"{subject} is not here any more.")
    return _change_person(actions, actor, act, person)


def _change_person(actions: Actions, actor: Actor, act: str, person: Account) -> Done:
    if act == "password":
        password = credentials.new_password()
        actions.set_password(actor, person, password)
        return Done(f"The new password of {person.email}. It is shown once.", password)
    if act == "remove":
        actions.remove_person(actor, person)
        return Done(f"{person.email} was removed and signed out.")
    role = act.removeprefix("make-")
    actions.set_role(actor, person, role)
    return Done(f"{person.email} is {role} now.")
