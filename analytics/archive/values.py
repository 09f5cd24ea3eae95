"""Conversions of each PostgreSQL type: to Parquet, for the checksum, and for COPY text."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

import pyarrow as pa

ValueFormatter = Callable[[Any], str]
_HASH_DIGITS = 15  # hexadecimal digits
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """`canonical` formats a value for a checksum (models.raw.day_rows), `copy_format` for COPY."""

    arrow_type: Any
    canonical: ValueFormatter
    copy_format: ValueFormatter


def _microseconds(at: datetime) -> str:
    elapsed = at - _EPOCH
    return str((elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds)


def _escaped(value: str) -> str:
    return value.translate(_ESCAPED)


def _joined(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


COLUMN_TYPES = {
    "uuid": ColumnType(pa.string(), str, str),
    "text": ColumnType(pa.string(), str, _escaped),
    "jsonb": ColumnType(pa.string(), str, _escaped),
    "boolean": ColumnType(pa.bool_(), lambda value: str(int(value)), lambda value: "ft"[value]),
    "integer": ColumnType(pa.int32(), str, str),
    "bigint": ColumnType(pa.int64(), str, str),
    "double precision": ColumnType(
        pa.float64(), lambda value: struct.pack(">d", value).hex(), repr
    ),
    "timestamp with time zone": ColumnType(
        pa.timestamp("us", tz="UTC"), _microseconds, datetime.isoformat
    ),
    "bytea": ColumnType(pa.binary(), lambda value: bytes(value).hex(), lambda v: "\\\\x" + v.hex()),
    "integer[]": ColumnType(
        pa.list_(pa.int32()), _joined, lambda values: "{" + _joined(values) + "}"
    ),
}


def row_hash_sum(types: Sequence[str], columns: Sequence[Sequence[Any]]) -> int:
    """The sum of the row hashes, rows as a sequence per column (see models.raw.day_rows)."""
    parts = [
        [
            "~" if value is None else _with_length(COLUMN_TYPES[type_name].canonical(value))
            for value in column
        ]
        for type_name, column in zip(types, columns, strict=True)
    ]
    return sum(
        int(md5("".join(row).encode(), usedforsecurity=False).hexdigest()[:_HASH_DIGITS], 16)
        for row in zip(*parts, strict=True)
    )


def copy_text(types: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """The rows in PostgreSQL's COPY text format (its manual, COPY)."""
    parts = [
        ["\\N" if value is None else COLUMN_TYPES[type_name].copy_format(value) for value in column]
        for type_name, column in zip(types, columns, strict=True)
    ]
    return "".join("\t".join(row) + "\n" for row in zip(*parts, strict=True)).encode()


def _with_length(text: str) -> str:
    return f"{len(text)}:{text}"
