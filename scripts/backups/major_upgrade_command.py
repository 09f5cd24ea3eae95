"""`scripts/major_upgrade`: the embedded database to the shipped major version, and back."""

import argparse
import sys
import time
from pathlib import Path

from models.backups import major_upgrade
from models.backups.clients import ClientMissing
from models.backups.dump import NotBackedUp
from models.backups.major_upgrade import NotUpgraded
from models.backups.restore import StoreNotRestored
from models.database.engine import DatabaseAway
from models.embedded import EmbeddedFault
from settings import Settings
from settings_readers import SettingsError

FAULTS = (
    *(SettingsError, EmbeddedFault, DatabaseAway),
    *(ClientMissing, NotBackedUp, StoreNotRestored, NotUpgraded),
)


def main(arguments: list[str]) -> int:
    """Run; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if settings.database_url:
            return _failed("DATABASE_URL names a server of its own, which is upgraded by its own.")
        _run(settings, options)
    except FAULTS as fault:
        return _failed(str(fault))
    return 0


def _run(settings: Settings, options: argparse.Namespace) -> None:
    if options.undo:
        aside = major_upgrade.undo(settings)
        _say(f"{aside} is set aside. Start the version before: it goes on with its own folder.")
    elif options.remove_old:
        folders = major_upgrade.remove_old(settings)
        _say(f"Removed: {', '.join(map(str, folders)) or 'nothing, there was no older folder'}.")
    else:
        _upgrade(settings, options.program)


def _upgrade(settings: Settings, program: Path | None) -> None:
    began = time.monotonic()
    moved = major_upgrade.upgrade(settings, program, _say)
    _say(
        f"{moved.new} has all {moved.rows:,} rows of {moved.old}, after "
        f"{time.monotonic() - began:.1f} s. The old folder is as it was: "
        "./scripts/major_upgrade --remove-old removes it, --undo goes back to it."
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _failed(text: str) -> int:
    _say(f"Nothing was changed. {text}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="major_upgrade", description="Move the embedded database to the shipped version."
    )
    parser.add_argument("--program", type=Path, help="folder with the old server's programs")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--undo", action="store_true", help="set the new folder aside")
    ways.add_argument("--remove-old", action="store_true", help="remove the older folders")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
