"""The stored form of a session's summary: records of fixed length, little endian; pure.

A count or a time beyond what its field holds is stored as the largest it holds. A single precision
number is NaN where nothing was measured.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.sessions.table import Floats, Ints

COUNTS = (
    "length_ms", "open_ms", "visible_ms", "drops", "downtime_ms", "without_connection_ms",
    "judged_ms", "messages", "errors", "latency_n", "setup_n", "ux_errors", "interactions",
)  # fmt: skip
MEASURED = (
    "weight", "latency_p95_ms", "setup_p95_ms", "longest_silence_ms", "page_load_ms", "lcp_ms",
    "inp_ms", "cls", "first_drop_ms",
)  # fmt: skip
# `start` in Unix seconds, `bins` the number of records of `AGE`.
SUMMARY = np.dtype(
    [("segment", "<i4"), ("start", "<u4"), ("bins", "<u4")]
    + [(name, "<u4") for name in COUNTS]
    + [(name, "<f4") for name in MEASURED]
)
AGES = ("interactions", "ux_errors", "drops", "open_s", "visible_s")
AGE = np.dtype([(name, "<u2") for name in AGES])
_HEAD = 3  # fields before those
_AT_ONCE = 4096  # records that stay in the cache while their columns are taken out
Records = NDArray[np.void]


def packed(columns: Mapping[str, Ints | Floats], kind: np.dtype[np.void]) -> list[bytes]:
    """The record of each row of `columns`, which has all fields of `kind`."""
    records = np.empty(len(next(iter(columns.values()))), dtype=kind)
    for name in kind.names or ():
        field = kind[name]
        column: NDArray[Any] = columns[name]
        if field.kind != "f":
            bounds = np.iinfo(field)
            column = np.clip(np.nan_to_num(column), bounds.min, bounds.max)
        records[name] = column
    return [record.tobytes() for record in records]


def columns_of(records: Records, order: Ints) -> dict[str, Floats]:
    """`COUNTS` and `MEASURED` of records of `SUMMARY` in this order. By portions: a pass over all
    records for each column takes three times as long."""
    table = np.ascontiguousarray(records).view("<u4").reshape(len(records), SUMMARY.itemsize // 4)
    columns = np.empty((len(COUNTS) + len(MEASURED), len(order)))
    for first in range(0, len(order), _AT_ONCE):
        portion = table[order[first : first + _AT_ONCE], _HEAD:]
        at = slice(first, first + len(portion))
        columns[: len(COUNTS), at] = portion[:, : len(COUNTS)].T
        columns[len(COUNTS) :, at] = portion[:, len(COUNTS) :].view("<f4").T
    return dict(zip((*COUNTS, *MEASURED), columns, strict=True))


def unpacked(stored: bytes | memoryview, kind: np.dtype[np.void]) -> Records:
    """The records of a byte string."""
    return np.frombuffer(stored, dtype=kind)
