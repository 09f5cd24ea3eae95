"""Erases sessions from archived days: a file that has any is written again without their rows."""

from collections.abc import Collection
from pathlib import Path
from uuid import UUID, uuid4

import pyarrow as pa

from . import day_file
from .day_file import DayFileUnreadable, FileMetadata
from .fault import NotArchived
from .store import archive_files

TABLE = "client_reports"


def erase(folder: Path, sessions: Collection[UUID]) -> int:
    """Erase them from all files of reports under `folder`; how many files had any.

    A file is replaced at once by what was written, read again and is on disk, or removed when no
    row is left. Raises `NotArchived`; files before it are done then.
    """
    names = frozenset(str(session) for session in sessions)
    changed = 0
    for file in archive_files(folder):
        try:
            if file.table == TABLE and names & day_file.values_of(file.path, "session_id"):
                _replace(file.path, names)
                changed += 1
        except (OSError, pa.ArrowException, DayFileUnreadable) as fault:
            raise NotArchived(f"{file.path} cannot be written again: {fault}") from fault
    return changed


def _replace(path: Path, names: frozenset[str]) -> None:
    metadata = day_file.read_metadata(path)
    columns = metadata.columns
    checksum = day_file.converted_checksum(columns, day_file.rows_without(path, columns, names))
    if checksum.rows == 0:
        path.unlink()
        return
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        rows = day_file.rows_without(path, columns, names)
        day_file.write(temporary, FileMetadata(metadata.table, columns, checksum), rows)
        day_file.sync(temporary)
        day_file.verify(temporary, columns, checksum)
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
    day_file.sync(path.parent)
