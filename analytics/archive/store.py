"""What lies in the archive's folder, by the names of its files alone.

`client_reports/2026-03-02.parquet` is a day of a table, `client_reports/2026-03-02.2.parquet` rows
of that day that came and left later. What is being written has a name that starts with a dot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.database.partitions import PARTITIONED

_NAME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(\.(?P<part>[1-9]\d{0,5}))?\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """One file of the archive."""

    table: str
    day: date
    part: int
    path: Path
    size_bytes: int


def file_name(day: date, part: int) -> str:
    """The name of a part of a day; the first has no number."""
    return f"{day.isoformat()}.parquet" if part == 1 else f"{day.isoformat()}.{part}.parquet"


def lying_in(folder: Path) -> list[Kept]:
    """Everything in the archive, by table, day and part. Raises `OSError`."""
    return sorted(kept for table in PARTITIONED for kept in _of_table(folder, table))


def _of_table(folder: Path, table: str) -> Iterator[Kept]:
    place = folder / table
    for path in place.iterdir() if place.is_dir() else ():
        found = _NAME.fullmatch(path.name)
        day = _day(found["day"]) if found else None
        if found and day:
            yield Kept(table, day, int(found["part"] or 1), path, path.stat().st_size)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
