"""The file an export is written into, with its limits. It is whole or it is not there."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from models.database.engine import Database
from models.raw import export_rows
from models.raw.export_rows import ExportRequest

from .datasets import Dataset

BATCH = 1000
SPARE_BYTES = 2**30  # of the disk, always left to the database
LARGEST_BYTES = 8 * 2**30  # of one file
LOOK_BYTES = 16 * 2**20
COMPRESSION = 3  # a third of the time of 6, a tenth larger


class SpoolFull(Exception):
    """The file would take more room than there is for it. The text says which limit."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a spool holds: rows, length of the CSV, length of the file."""

    rows: int
    text_bytes: int
    file_bytes: int


def folder(data_dir: Path) -> Path:
    """Where exports lie, made when missing."""
    place = data_dir / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def path_of(data_dir: Path, export_id: UUID) -> Path:
    """The file of a prepared export."""
    return folder(data_dir) / f"{export_id}.csv.gz"


def check_room(place: Path) -> None:
    """Raises `SpoolFull` when the disk has none to spare."""
    free = shutil.disk_usage(place).free
    if free < SPARE_BYTES:
        raise SpoolFull(f"only {free // 2**20} MiB are free under DATA_DIR")


def write(
    database: Database,
    dataset: Dataset,
    asked: ExportRequest,
    file: IO[bytes],
    *,
    compressed: bool,
    place: Path,
    told: Callable[[int], None],
) -> Written:
    """Write the rows into `file`; `told` hears the number of rows after each thousand.

    Memory does not grow with the rows. Raises `SpoolFull`, `OSError`, `DatabaseAway`, and whatever
    `told` raises.
    """
    rows = text_bytes = looked = 0
    check_room(place)
    with _encoding(file, compressed=compressed) as encoded:
        text_bytes += encoded.write(",".join(dataset.header).encode() + b"\r\n")
        with export_rows.reading(database, dataset.source, asked, BATCH) as batches:
            for batch in batches:
                text_bytes += encoded.write(dataset.lines(batch).encode())
                rows += len(batch)
                if text_bytes - looked > LOOK_BYTES:
                    looked = text_bytes
                    _check(file, place)
                told(rows)
    file.flush()
    return Written(rows, text_bytes, file.tell())


def _check(file: IO[bytes], place: Path) -> None:
    check_room(place)
    if file.tell() > LARGEST_BYTES:
        raise SpoolFull(f"an export may take {LARGEST_BYTES // 2**30} GiB: ask for a shorter range")


@contextmanager
def _encoding(file: IO[bytes], *, compressed: bool) -> Iterator[IO[bytes]]:
    if not compressed:
        yield file
        return
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=COMPRESSION, mtime=0) as encoded:
        yield encoded  # type: ignore[misc]  # a GzipFile is no IO, it only behaves like one


def sync(file: IO[bytes]) -> None:
    """Bring the file to the disk."""
    file.flush()
    os.fsync(file.fileno())
