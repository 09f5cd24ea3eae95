"""What a value of each PostgreSQL type is in Parquet, in a checksum, and in a COPY text."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

import pyarrow as pa

Written = Callable[[Any], str]
_BITS_60 = 15  # hexadecimal digits
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kind:
    """`canonical` is the text in a checksum (see models.raw.day_rows), `copied` that in COPY."""

    arrow: Any
    canonical: Written
    copied: Written


def _microseconds(at: datetime) -> str:
    past = at - _EPOCH
    return str((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds)


def _escaped(value: str) -> str:
    return value.translate(_ESCAPED)


def _joined(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


KINDS = {
    "uuid": Kind(pa.string(), str, str),
    "text": Kind(pa.string(), str, _escaped),
    "jsonb": Kind(pa.string(), str, _escaped),
    "boolean": Kind(pa.bool_(), lambda value: str(int(value)), lambda value: "ft"[value]),
    "integer": Kind(pa.int32(), str, str),
    "bigint": Kind(pa.int64(), str, str),
    "double precision": Kind(pa.float64(), lambda value: struct.pack(">d", value).hex(), repr),
    "timestamp with time zone": Kind(
        pa.timestamp("us", tz="UTC"), _microseconds, datetime.isoformat
    ),
    "bytea": Kind(pa.binary(), lambda value: bytes(value).hex(), lambda v: "\\\\x" + v.hex()),
    "integer[]": Kind(pa.list_(pa.int32()), _joined, lambda values: "{" + _joined(values) + "}"),
}


def row_numbers(kinds: Sequence[str], columns: Sequence[Sequence[Any]]) -> int:
    """The sum of the rows' numbers, the rows given by their columns (see models.raw.day_rows)."""
    parts = [
        ["~" if value is None else _with_length(KINDS[kind].canonical(value)) for value in column]
        for kind, column in zip(kinds, columns, strict=True)
    ]
    return sum(
        int(md5("".join(row).encode(), usedforsecurity=False).hexdigest()[:_BITS_60], 16)
        for row in zip(*parts, strict=True)
    )


def copy_text(kinds: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    """The rows as PostgreSQL's COPY reads them (its manual, COPY, text format)."""
    parts = [
        ["\\N" if value is None else KINDS[kind].copied(value) for value in column]
        for kind, column in zip(kinds, columns, strict=True)
    ]
    return "".join("\t".join(row) + "\n" for row in zip(*parts, strict=True)).encode()


def _with_length(words: str) -> str:
    return f"{len(words)}:{words}"
