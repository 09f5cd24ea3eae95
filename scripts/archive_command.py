"""`scripts/archive`: list the archived days, restore a day, release it again.

A restored day is exempt from WEBSOCKET_METRICS_RETENTION_DAYS until it is released; then the next
retention drops it, after checking that the archive still has its rows.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date

from analytics.archive.archive import Archive, NotRestored
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.database.partitions import PartitionBusy
from models.embedded import EmbeddedFault, running
from models.raw import restored_days
from settings import Settings
from settings_readers import SettingsError

STATEMENT_MS = 600_000
FAULTS = (SettingsError, EmbeddedFault, DatabaseAway, NotRestored, PartitionBusy, OSError)


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    do: Callable[[Archive, Database, argparse.Namespace], None] = options.do
    try:
        settings = Settings.from_environment()
        if settings.archive_dir is None:
            return _failed("There is no archive: ARCHIVE_DIR is not set.")
        with running(settings) as url:
            migrate.upgrade(url)
            database = Database(url, pool_size=3, statement_ms=STATEMENT_MS, name="wsmon archive")
            try:
                do(Archive(settings.archive_dir), database, options)
            finally:
                database.dispose()
    except FAULTS as fault:
        return _failed(str(fault))
    return 0


def show(archive: Archive, database: Database, _options: argparse.Namespace) -> None:
    """Print a line per file: day, table, part, bytes, and `restored` if it is."""
    restored = set(restored_days.all_days(database))
    for file in archive.files():
        status = "restored" if file.day in restored else ""
        print(f"{file.day}\t{file.table}\t{file.part}\t{file.size_bytes}\t{status}".rstrip())


def restore(archive: Archive, database: Database, options: argparse.Namespace) -> None:
    """Restore a day."""
    added = archive.restore(database, options.day, _say)
    _say(f"{options.day} is back (new rows: {added}) until: archive release {options.day}")


def release(_archive: Archive, database: Database, options: argparse.Namespace) -> None:
    """Release a restored day to retention."""
    if restored_days.release(database, options.day):
        _say(f"{options.day} is dropped by the next retention, within the hour.")
    else:
        _say(f"{options.day} was not brought back; nothing to release.")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _failed(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="archive", description="Days that left the store.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list", help="what lies there: day, table, part, bytes")
    command.set_defaults(do=show)
    for name, do, help_text in (
        ("restore", restore, "bring a day back; it stays until it is released"),
        ("release", release, "let retention drop a day that was brought back"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("day", type=date.fromisoformat, help="such as 2026-03-02")
        command.set_defaults(do=do)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
