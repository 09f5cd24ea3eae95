"""Lists the archive folder by file names alone.

`client_reports/2026-03-02.parquet` is a day of a table, `client_reports/2026-03-02.2.parquet` rows
of that day that arrived later. The name of an incomplete file starts with a dot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.database.partitions import PARTITIONED

_NAME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(\.(?P<part>[1-9]\d{0,5}))?\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class ArchiveFile:
    """A file of the archive; `part` counts from 1."""

    table: str
    day: date
    part: int
    path: Path
    size_bytes: int


def file_name(day: date, part: int) -> str:
    """The name of a part of a day; the first has no number."""
    return f"{day.isoformat()}.parquet" if part == 1 else f"{day.isoformat()}.{part}.parquet"


def archive_files(folder: Path) -> list[ArchiveFile]:
    """All files of the archive, by table, day and part. Raises `OSError`."""
    return sorted(file for table in PARTITIONED for file in _table_files(folder, table))


def _table_files(folder: Path, table: str) -> Iterator[ArchiveFile]:
    table_folder = folder / table
    for path in table_folder.iterdir() if table_folder.is_dir() else ():
        name_match = _NAME.fullmatch(path.name)
        day = _parsed_day(name_match["day"]) if name_match else None
        if name_match and day:
            yield ArchiveFile(table, day, int(name_match["part"] or 1), path, path.stat().st_size)


def _parsed_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
