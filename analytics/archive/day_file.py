"""A Parquet file with the rows of a day. Its metadata has the table, the types and a checksum.

Rows are processed in batches, so memory does not grow with the day.
"""

import json
import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.raw.day_rows import Checksum, Columns, Row

from .values import COLUMN_TYPES, copy_text, row_hash_sum

BATCH = 5000
_METADATA_KEY = b"websocket-analytics"


class DayFileUnreadable(Exception):
    """The file is not an archived day, or it is damaged. The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """The metadata of a file: table, types by column name, checksum of the rows."""

    table: str
    columns: dict[str, str]
    checksum: Checksum


def write(path: Path, metadata: FileMetadata, batches: Iterable[list[Row]]) -> None:
    """Write the rows. Raises `OSError`, and `pyarrow.ArrowException` for a value out of bounds."""
    schema = _schema(metadata.columns).with_metadata({_METADATA_KEY: _encoded_metadata(metadata)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batches:
            writer.write_batch(_record_batch(schema, rows))


def converted_checksum(columns: Columns, batches: Iterable[list[Row]]) -> Checksum:
    """The checksum of rows as a file would hold them. Raises as `write`, but no `OSError`."""
    schema, types = _schema(columns), list(columns.values())
    count = total = 0
    for rows in batches:
        batch = _record_batch(schema, rows)
        count += batch.num_rows
        total += row_hash_sum(types, [column.to_pylist() for column in batch.columns])
    return Checksum(count, total)


def read_metadata(path: Path) -> FileMetadata:
    """The metadata of a file. Raises `DayFileUnreadable`."""
    try:
        with pq.ParquetFile(path) as parquet_file:
            return _decoded_metadata(parquet_file.schema_arrow.metadata or {})
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as fault:
        raise DayFileUnreadable(f"{path} cannot be read: {fault}") from fault


def checksum_of(path: Path, columns: Columns) -> Checksum:
    """The checksum of the rows in the file. Raises `DayFileUnreadable`."""
    rows = total = 0
    types = list(columns.values())
    for batch in _batches(path, columns):
        rows += len(batch[0])
        total += row_hash_sum(types, batch)
    return Checksum(rows, total)


def verify(path: Path, columns: Columns, checksum: Checksum) -> None:
    """Raise `DayFileUnreadable` unless the rows of the file have this checksum."""
    file_checksum = checksum_of(path, columns)
    if file_checksum != checksum:
        raise DayFileUnreadable(f"{path} holds {file_checksum}, the table {checksum}")


def sync(path: Path) -> None:
    """Fsync a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def values_of(path: Path, column: str) -> frozenset[object]:
    """The values of a column. Raises `DayFileUnreadable`."""
    return frozenset(value for (values,) in _batches(path, {column: ""}) for value in values)


def rows_without(path: Path, columns: Columns, sessions: Container[str]) -> Iterator[list[Row]]:
    """The rows of all other sessions, in batches. Raises `DayFileUnreadable`."""
    position = list(columns).index("session_id")
    for batch in _batches(path, columns):
        rows = [row for row in zip(*batch, strict=True) if row[position] not in sessions]
        if rows:
            yield rows


class CopySource:
    """A readable of the file's rows in COPY text format. `read` raises `DayFileUnreadable`."""

    def __init__(self, path: Path, columns: Columns) -> None:
        types = list(columns.values())
        self._texts = (copy_text(types, batch) for batch in _batches(path, columns))
        self._pending = b""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        if not self._pending:
            self._pending = next(self._texts, b"")
        piece, self._pending = self._pending[:size], self._pending[size:]
        return piece


def _batches(path: Path, columns: Columns) -> Iterator[list[list[Any]]]:
    """The columns of each batch of rows."""
    try:
        with pq.ParquetFile(path) as parquet_file:
            for batch in parquet_file.iter_batches(BATCH, columns=list(columns)):
                yield [batch.column(name).to_pylist() for name in columns]
    except (OSError, pa.ArrowException, ValueError) as fault:
        raise DayFileUnreadable(f"{path} cannot be read: {fault}") from fault


def _schema(columns: Columns) -> Any:
    return pa.schema(
        [pa.field(name, COLUMN_TYPES[kind].arrow_type) for name, kind in columns.items()]
    )


def _record_batch(schema: Any, rows: list[Row]) -> Any:
    arrays = [
        pa.array(_arrow_values(field, column), field.type)
        for field, column in zip(schema, zip(*rows, strict=True), strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)


def _arrow_values(field: Any, column: tuple[Any, ...]) -> list[Any]:
    """Values pyarrow accepts: the driver returns binary ones as memoryviews."""
    if field.type != pa.binary():
        return list(column)
    return [None if value is None else bytes(value) for value in column]


def _encoded_metadata(metadata: FileMetadata) -> bytes:
    return json.dumps(
        {
            "table": metadata.table,
            "columns": metadata.columns,
            "rows": metadata.checksum.rows,
            "total": str(metadata.checksum.total),
        }
    ).encode()


def _decoded_metadata(metadata: dict[bytes, bytes]) -> FileMetadata:
    values = json.loads(metadata[_METADATA_KEY])
    columns = {str(name): str(kind) for name, kind in values["columns"].items()}
    return FileMetadata(
        str(values["table"]), columns, Checksum(int(values["rows"]), int(values["total"]))
    )
