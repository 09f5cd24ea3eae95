"""Moves the embedded database to the shipped major version by dump and restore.

The new folder is made and filled under `upgrading`, compared with the old one table by table, and
takes its name when it is complete. The old folder stays as it is until it is removed.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.embedded import other_majors
from models.embedded.connection import Location, socket_url
from models.embedded.fault import EmbeddedFault
from models.embedded.ownership import Owner
from models.embedded.places import DataPaths
from models.embedded.server import owned, started

from . import dump, fingerprints, restore

STAGING = "upgrading"
Say = Callable[[str], None]


class NotUpgraded(Exception):
    """The data folders are as they were. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Moved:
    """From which folder to which, with how many rows."""

    old: Path
    new: Path
    rows: int


def upgrade(settings: Location, program: Path | None, say: Say) -> Moved:
    """Copy the newest older data folder into one of the shipped version; `program` is the folder of
    the old server's programs where they are not found.

    Raises `NotUpgraded`, `EmbeddedFault`, and what `dump` and `restore` raise.
    """
    with owned(settings) as (owner, paths):
        old = _old_folder(paths)
        binaries = other_majors.program_of(old, owner, program)
        new = DataPaths(paths.root / STAGING)
        _empty(new.root, owner)
        try:
            _check_space(old)
            rows = _copied(old, new, owner, binaries, say)
            with owner.acting():
                (new.cluster / other_majors.ORIGIN).write_text(other_majors.origin(old))
                new.cluster.rename(paths.cluster)
        finally:
            _remove(new.root, owner)
        return Moved(old.cluster, paths.cluster, rows)


def undo(settings: Location) -> Path:
    """Set the folder of the shipped version aside, so that the version before goes on with its own;
    returns where it is. Raises `NotUpgraded` and `EmbeddedFault`."""
    with owned(settings) as (owner, paths):
        if not other_majors.older(paths) or not paths.cluster.exists():
            raise NotUpgraded("There is no older data folder to go back to.")
        aside = paths.root / f"{paths.major}-undone-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        with owner.acting():
            paths.cluster.rename(aside)
        return aside


def remove_old(settings: Location) -> list[Path]:
    """Remove the older data folders; which. Raises `NotUpgraded` and `EmbeddedFault`."""
    with owned(settings) as (owner, paths):
        if not (paths.cluster / "PG_VERSION").exists():
            raise NotUpgraded(f"There is no {paths.cluster}: the older folder is the only one.")
        folders = [old.cluster for old in other_majors.older(paths)]
        for folder in folders:
            _remove(folder, owner)
        return folders


def _old_folder(paths: DataPaths) -> DataPaths:
    if (paths.cluster / "PG_VERSION").exists():
        raise NotUpgraded(f"The data is in {paths.cluster} already: nothing is to be done.")
    older = other_majors.older(paths)
    if not older:
        raise NotUpgraded(f"There is no older data folder in {paths.root}.")
    return older[0]


def _copied(old: DataPaths, new: DataPaths, owner: Owner, binaries: Path, say: Say) -> int:
    """Copy and compare; the number of rows."""
    file = new.root / "store.dump"
    with started(old, owner, binaries), started(new, owner):
        with owner.acting():
            sources = socket_url(old), socket_url(new)
        say(f"Reading {old.cluster} by PostgreSQL {old.major}.")
        dump.write(sources[0], file)
        say(f"Filling {new.cluster} by PostgreSQL {new.major}.")
        restore.load(sources[1], file)
        say("Comparing every row of both.")
        before, after = map(fingerprints.of_store, sources)
    different = [name for name in before if before[name] != after.get(name)]
    if different or before.keys() != after.keys():
        raise NotUpgraded(f"The copy differs in {', '.join(different) or 'its tables'}.")
    return sum(table.rows for table in before.values())


def _check_space(old: DataPaths) -> None:
    size = sum(path.lstat().st_size for path in old.cluster.rglob("*"))
    free = shutil.disk_usage(old.root).free
    if free < size:
        raise NotUpgraded(
            f"The copy may need as much as {old.cluster} has, {size / 1e6:,.0f} MB, and "
            f"{free / 1e6:,.0f} MB are free."
        )


def _empty(folder: Path, owner: Owner) -> None:
    _remove(folder, owner)
    with owner.acting():
        folder.mkdir(mode=0o700)


def _remove(folder: Path, owner: Owner) -> None:
    with owner.acting():
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise EmbeddedFault(f"{folder} cannot be removed.")
