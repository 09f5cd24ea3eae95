"""The archive: a day is written and verified before it may be dropped, and comes back exactly.

A file appears under its name whole or not at all: it is written under a name that starts with a
dot, synced, read back against the checksum the database gave, renamed, and the folder synced.
"""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from analytics.archive.fault import NotArchived
from models.database import partitions
from models.database.engine import Database
from models.database.partitions import Detached
from models.raw import day_rows, restored_days
from models.raw.day_rows import Changed, Checksum, Columns

from . import day_file
from .day_file import CopySource, Facts, Unreadable
from .store import Kept, file_name, lying_in

STRAY_SECONDS = 86_400


class NotRestored(Exception):
    """A day could not be brought back; nothing was changed. The text says why."""


class Archive:
    """Days as files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, database: Database, gone: Detached) -> str:
        """Write away what was set aside of a day, unless the same lies here; says what it did.

        When this returns, a verified file with these very rows lies under its name. Raises
        `NotArchived`, and `DatabaseAway`.
        """
        try:
            return self._kept(database, gone)
        except (OSError, pa.ArrowException, Unreadable) as fault:
            raise NotArchived(f"{gone.name} cannot be written away: {fault}") from fault

    def days(self) -> list[Kept]:
        """Everything that lies here. Raises `OSError`."""
        return lying_in(self._folder)

    def restore(self, database: Database, day: date, say: Callable[[str], None]) -> int:
        """Bring a day of every table back, to stay until `restored_days.release`.

        Rows that are there already stay as they are; how many were new. Raises `NotRestored`.
        """
        files = [kept for kept in self.days() if kept.day == day]
        if not files:
            raise NotRestored(f"There is no {day} in {self._folder}.")
        with partitions.one_at_a_time(database):
            restored_days.keep(database, day)
            return sum(self._put_back(database, kept, say) for kept in files)

    def _kept(self, database: Database, gone: Detached) -> str:
        columns = day_rows.columns_of(database, gone.name)
        unknown = day_rows.unknown_types(columns)
        if unknown:
            raise NotArchived(f"{gone.name} has columns nobody can write away: {unknown}")
        place = self._folder / gone.table
        place.mkdir(mode=0o750, parents=True, exist_ok=True)
        _remove_strays(place)
        with day_rows.reading(database, gone.name, columns, day_file.BATCH) as (summed, rows):
            parts = [kept for kept in self.days() if (kept.table, kept.day) == _key(gone)]
            if summed.rows == 0:
                return f"{gone.day} of {gone.table} was empty"
            for kept in parts:
                if _holds(kept, columns, summed):
                    return f"{kept.path.name} of {gone.table} was there"
            number = max((kept.part for kept in parts), default=0) + 1
            path = place / file_name(gone.day, number)
            fresh = place / f".{path.name}.{uuid4().hex}"
            try:
                day_file.write(fresh, Facts(gone.table, columns, summed), rows)
                _sync(fresh)
                _verify(fresh, columns, summed)
                fresh.rename(path)
            finally:
                fresh.unlink(missing_ok=True)
        _sync(place)
        return f"wrote {path.name} of {gone.table} ({summed.rows} rows)"

    def _put_back(self, database: Database, kept: Kept, say: Callable[[str], None]) -> int:
        try:
            facts = day_file.facts_of(kept.path)
            if facts.table != kept.table:
                raise NotRestored(f"{kept.path} says that it is of {facts.table}.")
            missing = facts.columns.keys() - day_rows.columns_of(database, kept.table)
            if missing:
                raise NotRestored(f"{kept.table} has no columns {', '.join(sorted(missing))} now.")
            partitions.ensure(database, kept.table, [kept.day])
            with database.transaction() as connection:
                added = day_rows.put_back(
                    connection, kept.table, facts.columns,
                    CopySource(kept.path, facts.columns), facts.checksum,
                )  # fmt: skip
        except (Changed, Unreadable, OSError) as fault:
            raise NotRestored(f"{kept.path} was not brought back: {fault}") from fault
        say(f"{kept.path.name} of {kept.table}: {facts.checksum.rows} rows, {added} of them new")
        return added


def _key(gone: Detached) -> tuple[str, date]:
    return gone.table, gone.day


def _holds(kept: Kept, columns: Columns, summed: Checksum) -> bool:
    """Whether a file holds these very rows, as its data says, not only its metadata."""
    try:
        facts = day_file.facts_of(kept.path)
        same = facts.checksum == summed and facts.columns == dict(columns)
        return same and day_file.checksum_of(kept.path, columns) == summed
    except Unreadable:
        return False


def _verify(path: Path, columns: Columns, summed: Checksum) -> None:
    found = day_file.checksum_of(path, columns)
    if found != summed:
        raise Unreadable(f"{path} holds {found}, the table {summed}")


def _sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_strays(place: Path) -> None:
    """What a killed run left half written."""
    for path in place.glob(".*"):
        if time.time() - path.stat().st_mtime > STRAY_SECONDS:
            path.unlink(missing_ok=True)
