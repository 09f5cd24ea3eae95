"""`scripts/accounts`: accounts and API tokens. A token is printed alone on stdout, for scripts.

The database is that of the settings; the embedded one is started for the command when it is down.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from analytics.people.actions import AccountActions
from analytics.people.credentials import PasswordRefused, check_password_rules
from analytics.permission.actor import SHELL, InvalidChange
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.people.accounts import ROLES, EmailTaken
from models.people.api_tokens import TOKEN_ROLES, NameTaken
from settings import Settings
from settings_readers import SettingsError


class CommandFailed(Exception):
    """The command failed. The text says why."""


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    do: Callable[[AccountActions, argparse.Namespace], None] = options.do
    try:
        with running(Settings.from_environment()) as url:
            migrate.upgrade(url)
            database = Database(url, pool_size=1, name="wsmon accounts")
            try:
                do(AccountActions(database, lambda: datetime.now(UTC)), options)
            finally:
                database.dispose()
    except EmailTaken as fault:
        return _failed(f"There is an account of {fault} already. To set its password: password.")
    except NameTaken as fault:
        return _failed(f"There is a token named {fault} already. Take another name.")
    except (
        SettingsError,
        EmbeddedFault,
        DatabaseAway,
        InvalidChange,
        PasswordRefused,
        CommandFailed,
    ) as fault:
        return _failed(str(fault))
    return 0


def add(actions: AccountActions, options: argparse.Namespace) -> None:
    """Add an account."""
    account = actions.add_person(SHELL, options.email, options.role, _password(options.email))
    print(f"{account.email} may sign in as {account.role}.", file=sys.stderr)


def password(actions: AccountActions, options: argparse.Namespace) -> None:
    """Set the password of an account, and end all its sessions."""
    account = actions.find_person(SHELL, options.email)
    if account is None:
        raise CommandFailed(f"There is no account of {options.email}.")
    actions.set_password(SHELL, account, _password(account.email))
    print(f"{account.email} has a new password and is signed out everywhere.", file=sys.stderr)


def token(actions: AccountActions, options: argparse.Namespace) -> None:
    """Create an API token and print it."""
    print(actions.add_token(SHELL, options.name, options.role))
    print("It is shown this once: keep it like a password.", file=sys.stderr)


def _password(email: str) -> str:
    """Read a password: from the terminal twice, else a line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (at least 12 characters): ")
    check_password_rules(first, email)
    if getpass.getpass("Once more: ") != first:
        raise CommandFailed("The two are not the same.")
    return first


def _failed(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="accounts",
        description="People and tokens. Passwords are asked for, or read from standard input.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("add", help="let somebody in")
    command.add_argument("email")
    command.add_argument("--role", choices=ROLES, required=True)
    command.set_defaults(do=add)
    command = commands.add_parser("password", help="give somebody a new password")
    command.add_argument("email")
    command.set_defaults(do=password)
    command = commands.add_parser("token", help="make a bearer token and print it")
    command.add_argument("name")
    command.add_argument("--role", choices=TOKEN_ROLES, required=True)
    command.set_defaults(do=token)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
