"""Writes days of raw tables to Parquet before retention drops them, and restores them exactly.

Files appear atomically: a file is written under a name that starts with a dot, fsynced, read back
and compared with the checksum the database computed, renamed, and the folder fsynced.
"""

import tempfile
import time
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pyarrow as pa

from analytics.archive.fault import NotArchived
from models.database import partitions
from models.database.engine import Database
from models.database.partitions import DetachedDay
from models.raw import day_rows, restored_days
from models.raw.day_rows import Checksum, ChecksumMismatch, Columns

from . import day_file, erasure
from .day_file import CopySource, DayFileUnreadable, FileMetadata
from .store import ArchiveFile, archive_files, file_name

PARTIAL_FILE_SECONDS = 86_400
TRIAL = b"PAR1" * 1024


class NotRestored(Exception):
    """A day could not be restored; nothing was changed. The text says why."""


class Archive:
    """The archive files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Write, read and remove a file in the folder. Raises `NotArchived`."""
        try:
            self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder) as file:
                file.write(TRIAL)
                file.seek(0)
                is_same = file.read() == TRIAL
        except OSError as fault:
            reason = fault.strerror or fault
            raise NotArchived(f"ARCHIVE_DIR {self._folder} cannot be written: {reason}") from fault
        if not is_same:
            raise NotArchived(f"ARCHIVE_DIR {self._folder} does not return what was written")

    def keep(self, database: Database, detached: DetachedDay) -> str:
        """Archive a detached day unless a file has the same rows; the text says what was done.

        When this returns, a verified file with exactly these rows exists. Raises `NotArchived` and
        `DatabaseAway`.
        """
        try:
            return self._write_and_verify(database, detached)
        except (OSError, pa.ArrowException, DayFileUnreadable) as fault:
            raise NotArchived(f"{detached.name} cannot be written away: {fault}") from fault

    def convert(self, database: Database, table: str) -> None:
        """Do with the rows of a table what `keep` does, without a file: raises what a row makes it
        raise, or `DayFileUnreadable` when a row is not the same afterwards."""
        columns = day_rows.columns_of(database, table)
        with day_rows.read_rows(database, table, columns, day_file.BATCH) as (checksum, rows):
            converted = day_file.converted_checksum(columns, rows)
        if converted != checksum:
            raise DayFileUnreadable(f"{converted} of what is {checksum} in the table")

    def erase(self, sessions: Collection[UUID]) -> int:
        """Erase sessions from the files of reports; how many had any. Raises `NotArchived`."""
        return erasure.erase(self._folder, sessions)

    def files(self) -> list[ArchiveFile]:
        """All files of the archive. Raises `OSError`."""
        return archive_files(self._folder)

    def restore(self, database: Database, day: date, report: Callable[[str], None]) -> int:
        """Restore a day of every table; it stays until `restored_days.release`.

        Existing rows are left as they are; returns how many were added. Raises `NotRestored`.
        """
        files = [file for file in self.files() if file.day == day]
        if not files:
            raise NotRestored(f"There is no {day} in {self._folder}.")
        with partitions.exclusive(database):
            restored_days.add(database, day)
            return sum(self._restore_file(database, file, report) for file in files)

    def _write_and_verify(self, database: Database, detached: DetachedDay) -> str:
        columns = day_rows.columns_of(database, detached.name)
        unknown = day_rows.unsupported_types(columns)
        if unknown:
            raise NotArchived(f"{detached.name} has columns nobody can write away: {unknown}")
        folder = self._folder / detached.table
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        _remove_partial_files(folder)
        with day_rows.read_rows(database, detached.name, columns, day_file.BATCH) as (
            checksum,
            rows,
        ):
            parts = [file for file in self.files() if (file.table, file.day) == _key(detached)]
            if checksum.rows == 0:
                return f"{detached.day} of {detached.table} was empty"
            for file in parts:
                if _contains_rows(file, columns, checksum):
                    return f"{file.path.name} of {detached.table} was there"
            number = max((file.part for file in parts), default=0) + 1
            path = folder / file_name(detached.day, number)
            temporary = folder / f".{path.name}.{uuid4().hex}"
            try:
                day_file.write(temporary, FileMetadata(detached.table, columns, checksum), rows)
                day_file.sync(temporary)
                day_file.verify(temporary, columns, checksum)
                temporary.rename(path)
            finally:
                temporary.unlink(missing_ok=True)
        day_file.sync(folder)
        return f"wrote {path.name} of {detached.table} ({checksum.rows} rows)"

    def _restore_file(
        self, database: Database, file: ArchiveFile, report: Callable[[str], None]
    ) -> int:
        try:
            metadata = day_file.read_metadata(file.path)
            if metadata.table != file.table:
                raise NotRestored(f"{file.path} says that it is of {metadata.table}.")
            missing = metadata.columns.keys() - day_rows.columns_of(database, file.table)
            if missing:
                raise NotRestored(f"{file.table} has no columns {', '.join(sorted(missing))} now.")
            partitions.ensure(database, file.table, [file.day])
            with database.transaction() as connection:
                added = day_rows.restore_rows(
                    connection, file.table, metadata.columns,
                    CopySource(file.path, metadata.columns), metadata.checksum,
                )  # fmt: skip
        except (ChecksumMismatch, DayFileUnreadable, OSError) as fault:
            raise NotRestored(f"{file.path} was not brought back: {fault}") from fault
        report(
            f"{file.path.name} of {file.table}: {metadata.checksum.rows} rows, {added} of them new"
        )
        return added


def _key(detached: DetachedDay) -> tuple[str, date]:
    return detached.table, detached.day


def _contains_rows(file: ArchiveFile, columns: Columns, checksum: Checksum) -> bool:
    """Whether a file has exactly these rows, by a checksum of its data, not only its metadata."""
    try:
        metadata = day_file.read_metadata(file.path)
        same = metadata.checksum == checksum and metadata.columns == dict(columns)
        return same and day_file.checksum_of(file.path, columns) == checksum
    except DayFileUnreadable:
        return False


def _remove_partial_files(folder: Path) -> None:
    """Delete files a killed run left incomplete."""
    for path in folder.glob(".*"):
        if time.time() - path.stat().st_mtime > PARTIAL_FILE_SECONDS:
            path.unlink(missing_ok=True)
