"""One Parquet file with the rows of a day. Its metadata holds the table, the types and a checksum.

Rows pass through in batches, so memory does not grow with the day.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.raw.day_rows import Checksum, Columns, Row

from .values import KINDS, copy_text, row_numbers

BATCH = 5000
_META = b"websocket-analytics"


class Unreadable(Exception):
    """The file is no day of ours, or it is damaged. The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself."""

    table: str
    columns: dict[str, str]
    checksum: Checksum


def write(path: Path, facts: Facts, batches: Iterable[list[Row]]) -> None:
    """Write the rows. Raises `OSError`, and `pyarrow.ArrowException` for a value out of bounds."""
    fields = [pa.field(name, KINDS[kind].arrow) for name, kind in facts.columns.items()]
    schema = pa.schema(fields, metadata={_META: _encoded(facts)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batches:
            columns = list(zip(*rows, strict=True))
            arrays = [
                pa.array(_plain(field, column), field.type)
                for field, column in zip(fields, columns, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def facts_of(path: Path) -> Facts:
    """What the file says of itself. Raises `Unreadable`."""
    try:
        with pq.ParquetFile(path) as found:
            return _decoded(found.schema_arrow.metadata or {})
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as fault:
        raise Unreadable(f"{path} cannot be read: {fault}") from fault


def checksum_of(path: Path, columns: Columns) -> Checksum:
    """The checksum of the rows as they lie in the file. Raises `Unreadable`."""
    rows = total = 0
    kinds = list(columns.values())
    for batch in _batches(path, columns):
        rows += len(batch[0])
        total += row_numbers(kinds, batch)
    return Checksum(rows, total)


class CopySource:
    """The rows of a file as the text COPY reads. `read` raises `Unreadable`."""

    def __init__(self, path: Path, columns: Columns) -> None:
        kinds = list(columns.values())
        self._texts = (copy_text(kinds, batch) for batch in _batches(path, columns))
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        if not self._rest:
            self._rest = next(self._texts, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def _batches(path: Path, columns: Columns) -> Iterator[list[list[Any]]]:
    """The columns of each batch of rows."""
    try:
        with pq.ParquetFile(path) as found:
            for batch in found.iter_batches(BATCH, columns=list(columns)):
                yield [batch.column(name).to_pylist() for name in columns]
    except (OSError, pa.ArrowException, ValueError) as fault:
        raise Unreadable(f"{path} cannot be read: {fault}") from fault


def _plain(field: Any, column: tuple[Any, ...]) -> list[Any]:
    """Values pyarrow takes: the driver gives binary ones as views of its memory."""
    if field.type != pa.binary():
        return list(column)
    return [None if value is None else bytes(value) for value in column]


def _encoded(facts: Facts) -> bytes:
    return json.dumps(
        {
            "table": facts.table,
            "columns": facts.columns,
            "rows": facts.checksum.rows,
            "total": str(facts.checksum.total),
        }
    ).encode()


def _decoded(metadata: dict[bytes, bytes]) -> Facts:
    said = json.loads(metadata[_META])
    columns = {str(name): str(kind) for name, kind in said["columns"].items()}
    return Facts(str(said["table"]), columns, Checksum(int(said["rows"]), int(said["total"])))
