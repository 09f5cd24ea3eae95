"""Writes the rows of an export into a file, within limits of disk space and file size."""

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
SPARE_BYTES = 2**30  # disk space always left to the database
MAX_FILE_BYTES = 8 * 2**30
CHECK_EVERY_BYTES = 16 * 2**20
COMPRESSION = 3  # gzip level: a third of the time of 6, a tenth larger


class SpoolFull(Exception):
    """The file would exceed a space limit. The text says which."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A written file: rows, bytes of CSV text, bytes of the (possibly compressed) file."""

    rows: int
    text_bytes: int
    file_bytes: int


def spool_folder(data_dir: Path) -> Path:
    """The folder of export files, created when missing."""
    folder = data_dir / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def export_path(data_dir: Path, export_id: UUID) -> Path:
    """The file of a prepared export."""
    return spool_folder(data_dir) / f"{export_id}.csv.gz"


def check_free_space(folder: Path) -> None:
    """Raises `SpoolFull` when less than `SPARE_BYTES` are free."""
    free = shutil.disk_usage(folder).free
    if free < SPARE_BYTES:
        raise SpoolFull(f"only {free // 2**20} MiB are free under DATA_DIR")


def write(
    database: Database,
    dataset: Dataset,
    request: ExportRequest,
    file: IO[bytes],
    *,
    compressed: bool,
    folder: Path,
    on_progress: Callable[[int], None],
) -> ExportFile:
    """Write the rows into `file`; `on_progress` gets the number of rows after each batch.

    Memory does not grow with the rows. Raises `SpoolFull`, `OSError`, `DatabaseAway`, and whatever
    `on_progress` raises.
    """
    rows = text_bytes = checked_bytes = 0
    check_free_space(folder)
    with _encoder(file, compressed=compressed) as output:
        text_bytes += output.write(",".join(dataset.header).encode() + b"\r\n")
        with export_rows.read_rows(database, dataset.source, request, BATCH) as batches:
            for batch in batches:
                text_bytes += output.write(dataset.lines(batch).encode())
                rows += len(batch)
                if text_bytes - checked_bytes > CHECK_EVERY_BYTES:
                    checked_bytes = text_bytes
                    _check_limits(file, folder)
                on_progress(rows)
    file.flush()
    return ExportFile(rows, text_bytes, file.tell())


def _check_limits(file: IO[bytes], folder: Path) -> None:
    check_free_space(folder)
    if file.tell() > MAX_FILE_BYTES:
        raise SpoolFull(
            f"an export may take {MAX_FILE_BYTES // 2**30} GiB: ask for a shorter range"
        )


@contextmanager
def _encoder(file: IO[bytes], *, compressed: bool) -> Iterator[IO[bytes]]:
    if not compressed:
        yield file
        return
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=COMPRESSION, mtime=0) as compressor:
        yield compressor  # type: ignore[misc]  # GzipFile is no subtype of IO, but has its methods


def sync(file: IO[bytes]) -> None:
    """Flush and fsync the file."""
    file.flush()
    os.fsync(file.fileno())
