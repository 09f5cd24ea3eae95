"""`scripts/set_aside`: list the reports whose senders were set aside, and have them count again."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.raw.set_aside_reports import SetAsideReports
from settings import Settings
from settings_readers import SettingsError

STATEMENT_MS = 600_000


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    do: Callable[[SetAsideReports, argparse.Namespace], None] = options.do
    try:
        with running(Settings.from_environment()) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=STATEMENT_MS, name="wsmon set aside")
            try:
                do(SetAsideReports(database), options)
            finally:
                database.dispose()
    except (SettingsError, EmbeddedFault, DatabaseAway) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def show(store: SetAsideReports, _options: argparse.Namespace) -> None:
    """Print a line per hour of UTC: hour, reports, sessions."""
    for hour, reports, sessions in store.by_hour():
        print(f"{hour:%Y-%m-%dT%H:%MZ}\t{reports}\t{sessions}")


def restore(store: SetAsideReports, options: argparse.Namespace) -> None:
    """Have the reports of a range count again."""
    restored = store.restore(options.start, options.end)
    print(f"Reports that count again within a minute: {restored:,}.", file=sys.stderr)


def moment(text: str) -> datetime:
    """An ISO 8601 time with its zone. Raises `ValueError`."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="set_aside", description="Reports that count for nothing, see docs/bounds.md."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list", help="what lies there: hour, reports, sessions")
    command.set_defaults(do=show)
    command = commands.add_parser("restore", help="have those of a range count again")
    command.add_argument("start", type=moment, help="such as 2026-03-02T09:00Z")
    command.add_argument("end", type=moment, help="exclusive")
    command.set_defaults(do=restore)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
