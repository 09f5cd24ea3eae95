"""`scripts/restore`: restores a file of `scripts/backup` into an empty store."""

import argparse
import sys
import time
from pathlib import Path

from models.backups.clients import ClientMissing
from models.backups.restore import StoreNotRestored, restore
from models.database.engine import DatabaseAway
from models.embedded import EmbeddedFault, running
from settings import Settings
from settings_readers import SettingsError

FAULTS = (SettingsError, EmbeddedFault, DatabaseAway, ClientMissing, StoreNotRestored)


def main(arguments: list[str]) -> int:
    """Restore; returns the exit status."""
    path: Path = _parser().parse_args(arguments).file
    began = time.monotonic()
    try:
        with running(Settings.from_environment()) as url:
            restore(url, path.absolute())
    except FAULTS as fault:
        print(f"Not restored. {fault}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    size = path.stat().st_size / 1e6
    print(f"Restored {path}: {size:,.1f} MB in {seconds:.1f} s.", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="restore", description="Fill an empty store.")
    parser.add_argument("file", type=Path, help="a file of scripts/backup")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
