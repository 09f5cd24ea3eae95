"""`scripts/backup`: writes the store into one file, reads it again, prints its path."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from models.backups import dump
from models.backups.clients import ClientMissing
from models.backups.dump import NotBackedUp
from models.database.engine import DatabaseAway
from models.embedded import EmbeddedFault, running
from settings import Settings
from settings_readers import SettingsError

FOLDER = "backups"
FAULTS = (SettingsError, EmbeddedFault, DatabaseAway, ClientMissing, NotBackedUp)


def main(arguments: list[str]) -> int:
    """Back up; returns the exit status."""
    options = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        settings = Settings.from_environment()
        with running(settings) as url:
            backup = dump.write(url, (options.file or _dated_file(settings)).absolute())
    except FAULTS as fault:
        print(f"Not backed up. {fault}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    print(
        f"Backed up and read again: {backup.size_bytes / 1e6:,.1f} MB in {seconds:.1f} s.",
        file=sys.stderr,
    )
    print(backup.path)
    return 0


def _dated_file(settings: Settings) -> Path:
    return settings.data_dir / FOLDER / f"wsmon-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="backup", description="Write the store into one file.")
    parser.add_argument(
        "file", type=Path, nargs="?", help="a new file (one under DATA_DIR, named by the time)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
