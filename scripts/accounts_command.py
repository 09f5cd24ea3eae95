"""People and API tokens from the shell. A token stands alone on standard output, for scripts.

The database is found through the settings, and started for our own duration when it is down.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from analytics.people.actions import Actions
from analytics.people.credentials import PasswordRefused, check_password_rules
from analytics.permission.actor import SHELL, Refused
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.people.accounts import ROLES, EmailTaken
from models.people.api_tokens import TOKEN_ROLES, NameTaken
from settings import Settings, SettingsError


class Stopped(Exception):
    """The command cannot be done. The text says why."""


def main(arguments: list[str]) -> int:
    """Do one command; answers the exit status."""
    options = _parser().parse_args(arguments)
    do: Callable[[Actions, argparse.Namespace], None] = options.do
    try:
        with running(Settings.from_environment()) as url:
            migrate.upgrade(url)
            database = Database(url, pool_size=1, name="wsmon accounts")
            try:
                do(Actions(database, lambda: datetime.now(UTC)), options)
            finally:
                database.dispose()
    except EmailTaken as fault:
        return _failed(f"There is an account of {fault} already. To set its password: password.")
    except NameTaken as fault:
        return _failed(f"There is a token named {fault} already. Take another name.")
    except (SettingsError, EmbeddedFault, DatabaseAway, Refused, PasswordRefused, Stopped) as fault:
        return _failed(str(fault))
    return 0


def add(actions: Actions, options: argparse.Namespace) -> None:
    """Let somebody in."""
    account = actions.add_person(SHELL, options.email, options.role, _password(options.email))
    print(f"{account.email} may sign in as {account.role}.", file=sys.stderr)


def password(actions: Actions, options: argparse.Namespace) -> None:
    """Give somebody a new password, and sign him out everywhere."""
    account = actions.find_person(SHELL, options.email)
    if account is None:
        raise Stopped(f"There is no account of {options.email}.")
    actions.set_password(SHELL, account, _password(account.email))
    print(f"{account.email} has a new password and is signed out everywhere.", file=sys.stderr)


def token(actions: Actions, options: argparse.Namespace) -> None:
    """Make a token for a program."""
    print(actions.add_token(SHELL, options.name, options.role))
    print("It is shown this once: keep it like a password.", file=sys.stderr)


def _password(email: str) -> str:
    """From the terminal, asked twice; else one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (at least 12 characters): ")
    check_password_rules(first, email)
    if getpass.getpass("Once more: ") != first:
        raise Stopped("The two are not the same.")
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
    one = commands.add_parser("add", help="let somebody in")
    one.add_argument("email")
    one.add_argument("--role", choices=ROLES, required=True)
    one.set_defaults(do=add)
    one = commands.add_parser("password", help="give somebody a new password")
    one.add_argument("email")
    one.set_defaults(do=password)
    one = commands.add_parser("token", help="make a bearer token and print it")
    one.add_argument("name")
    one.add_argument("--role", choices=TOKEN_ROLES, required=True)
    one.set_defaults(do=token)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
