"""`scripts/accounts`, run as a process."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from analytics.people.actions import AccountActions
from analytics.people.credentials import hashed_token
from analytics.permission.actor import SHELL
from models.database.engine import Database
from models.people.accounts import LastAdmin
from models.people.api_tokens import ApiTokens
from scripts import first_start
from settings import CHECKOUT, Settings
from tests.support.clock import Clock

PASSWORD = "correct horse battery staple"


def accounts(
    settings: Settings, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "DATA_DIR": str(settings.data_dir),
    }
    return subprocess.run(
        [sys.executable, "-m", "scripts.accounts_command", *arguments],
        cwd=CHECKOUT, env=environment, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_account_is_added(settings: Settings, database: Database, clock: Clock) -> None:
    completed = accounts(
        settings, "add", "Ada@Example.com", "--role", "analyst", stdin=PASSWORD + "\n"
    )
    assert (completed.returncode, completed.stdout) == (0, "")
    (ada,) = AccountActions(database, clock).people(SHELL)
    assert (ada.email, ada.role) == ("ada@example.com", "analyst")


def test_a_token_stands_alone_on_standard_output(
    settings: Settings, database: Database, clock: Clock
) -> None:
    completed = accounts(settings, "token", "ci", "--role", "ingest")
    api_token = ApiTokens(database).find(hashed_token(completed.stdout.strip()), clock())
    assert api_token is not None
    assert (api_token.name, api_token.role) == ("ci", "ingest")


@pytest.mark.parametrize(
    ("arguments", "stdin", "fault"),
    [
        (("add", "nobody", "--role", "admin"), PASSWORD, "no e-mail address"),
        (("add", "a@b.example", "--role", "admin"), "short", "at least 12 characters"),
        (("password", "unknown@b.example"), PASSWORD, "There is no account"),
    ],
)
def test_a_failing_command_states_the_reason(
    settings: Settings, database: Database, arguments: tuple[str, ...], stdin: str, fault: str
) -> None:
    completed = accounts(settings, *arguments, stdin=stdin)
    assert completed.returncode == 1
    assert fault in completed.stderr
    assert "Traceback" not in completed.stderr


def test_the_first_admin_is_made_once(settings: Settings, database: Database) -> None:
    password = first_start.prepare(settings, lambda _: None)
    assert password is not None
    assert len(password) >= 12
    assert first_start.prepare(settings, lambda _: None) is None


def test_the_first_admin_has_the_address_and_password_of_the_settings(
    settings: Settings, database: Database, clock: Clock
) -> None:
    admin_settings = replace(settings, admin_email="Grace@Example.com", admin_password=PASSWORD)
    assert first_start.prepare(admin_settings, lambda _: None) is None  # nothing to print
    (grace,) = AccountActions(database, clock).people(SHELL)
    assert (grace.email, grace.role) == ("grace@example.com", "admin")


@pytest.mark.parametrize(
    ("email", "password", "fault"),
    [("nobody", PASSWORD, "no e-mail address"), ("a@b.example", "short", "at least 12 characters")],
)
def test_a_first_admin_that_cannot_be_made_stops_the_start_by_name(
    settings: Settings, database: Database, email: str, password: str, fault: str
) -> None:
    admin_settings = replace(settings, admin_email=email, admin_password=password)
    with pytest.raises(
        first_start.FirstStartFailed, match=f"ADMIN_EMAIL or ADMIN_PASSWORD.*{fault}"
    ):
        first_start.prepare(admin_settings, lambda _: None)


def test_the_last_admin_cannot_be_removed(database: Database, clock: Clock) -> None:
    actions = AccountActions(database, clock)
    ada = actions.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    with pytest.raises(LastAdmin):
        actions.remove_person(SHELL, ada)
    with pytest.raises(LastAdmin):
        actions.set_role(SHELL, ada, "analyst")


def test_every_change_stands_in_the_trail(database: Database, clock: Clock) -> None:
    actions = AccountActions(database, clock)
    ada = actions.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    actions.set_password(SHELL, ada, PASSWORD + "!")
    actions.add_token(SHELL, "ci", "ingest")
    trail = [(entry.actor, entry.action, entry.subject) for entry in actions.trail(SHELL)]
    assert trail == [
        ("the command line", "added token", "ci"),
        ("the command line", "set password", "ada@example.com"),
        ("the command line", "added person", "ada@example.com"),
    ]
