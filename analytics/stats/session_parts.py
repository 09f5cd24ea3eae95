"""What single sessions bring to figures, the largest of them, and the form in which cells store it.

A cell holds, of each quantity, the sessions that make more than `LEAST_PART` of it: entries of a
session's hash (uint64), the position of the quantity in `OF_SESSIONS` (uint8) and its weighted
amount (float32), little endian. Cells of any range are merged by concatenating the bytes, so a
session may have several entries. Whoever makes more than a part of a range makes more than that
part of some cell: the sum of its entries is at most what it brings, and all of it where it was
large in every cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.metrics import weights
from models.metrics.client_columns import HISTOGRAMS, OF_SESSIONS, PACKED
from models.metrics.histogram_codec import PAIR

LEAST_PART = 0.05  # at most 19 sessions of a quantity
ENTRY = np.dtype([("session", "<u8"), ("quantity", "u1"), ("amount", "<f4")])
SLOTS = 64  # of hashes that share their last bits
ALMOST = 1 - 1e-9  # sums in another order differ by less
ID = np.dtype([("high", ">u8"), ("low", ">u8")])  # the bytes of a UUID
Floats = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SessionParts:
    """Parallel arrays: hashes of sessions, positions of quantities, weighted amounts. A session may
    have several entries of a quantity."""

    sessions: NDArray[np.uint64]
    quantities: Index
    amounts: Floats

    @classmethod
    def of_packed(cls, packed: bytes) -> "SessionParts":
        """From the stored form."""
        entries = np.frombuffer(packed, dtype=ENTRY)
        return cls(
            entries["session"].astype(np.uint64),
            entries["quantity"].astype(np.int64),
            entries["amount"].astype(np.float64),
        )

    @classmethod
    def of_table(cls, sessions: NDArray[np.uint64], table: Floats) -> "SessionParts":
        """From amounts of the shape (len(sessions), len(OF_SESSIONS))."""
        rows, quantities = table.nonzero()
        return cls(sessions[rows], quantities.astype(np.int64), table[rows, quantities])

    @classmethod
    def joined(cls, parts: Iterable["SessionParts"]) -> "SessionParts":
        """All entries of several."""
        listed = list(parts) or [cls.of_packed(b"")]
        if len(listed) == 1:
            return listed[0]
        return cls(
            np.concatenate([each.sessions for each in listed]),
            np.concatenate([each.quantities for each in listed]),
            np.concatenate([each.amounts for each in listed]),
        )

    def added(self) -> "SessionParts":
        """One entry per session and quantity, in their order."""
        hashes, numbers = np.unique(self.sessions, return_inverse=True)
        keys, index = np.unique(numbers * len(OF_SESSIONS) + self.quantities, return_inverse=True)
        amounts = np.bincount(index, self.amounts, len(keys)).astype(np.float64)
        return SessionParts(hashes[keys // len(OF_SESSIONS)], keys % len(OF_SESSIONS), amounts)

    def packed(self, totals: Mapping[str, float]) -> bytes:
        """The stored form of those that make more than `LEAST_PART` of the totals by quantity."""
        parts = self.added()
        least = np.array([totals[name] for name in OF_SESSIONS]) * LEAST_PART
        is_large = parts.amounts > least[parts.quantities]
        entries = np.empty(int(is_large.sum()), dtype=ENTRY)
        entries["session"] = parts.sessions[is_large]
        entries["quantity"] = parts.quantities[is_large]
        entries["amount"] = parts.amounts[is_large]
        return entries.tobytes()


def largest_of(
    sessions: NDArray[np.uint64], amounts: Floats, groups: Index, least: Floats
) -> Floats:
    """The largest amount of one session in each group of entries, where it is more than `least`,
    (groups,); 0 elsewhere.

    Sessions are told apart by the last bits of their hashes first: what shares these bits is rarely
    more than `least`, and only where it is, whole hashes are sorted, which takes far longer.
    """
    coarse = groups * SLOTS + (sessions & np.uint64(SLOTS - 1)).astype(np.int64)
    of_slots = np.bincount(coarse, amounts, len(least) * SLOTS)
    rows = np.flatnonzero((of_slots > np.repeat(least, SLOTS) * ALMOST)[coarse])
    largest = np.zeros(len(least))
    if not len(rows):
        return largest
    rows = rows[np.lexsort((sessions[rows], groups[rows]))]
    sessions, groups = sessions[rows], groups[rows]
    is_other = (sessions[1:] != sessions[:-1]) | (groups[1:] != groups[:-1])
    first = np.flatnonzero(np.concatenate([[True], is_other]))
    np.maximum.at(largest, groups[first], np.add.reduceat(amounts[rows], first))
    return np.where(largest > least, largest, 0.0)


def hashes_of(ids: Sequence[bytes]) -> NDArray[np.uint64]:
    """The hashes of sessions, from the 16 bytes of their ids."""
    halves = np.frombuffer(b"".join(map(bytes, ids)), dtype=ID)
    return np.asarray(halves["high"] ^ halves["low"], dtype=np.uint64)


def durations_in(packed: Sequence[bytes | None]) -> Floats:
    """How many durations each histogram holds."""
    lengths = [len(blob or b"") // PAIR.itemsize for blob in packed]
    counts = np.frombuffer(b"".join(blob for blob in packed if blob), dtype=PAIR)["count"]
    rows = np.repeat(np.arange(len(packed)), lengths)
    return np.bincount(rows, counts, len(packed)).astype(np.float64)


def table_of(rates: Sequence[float], columns: Sequence[Sequence[Any]]) -> Floats:
    """Weighted amounts of the shape (len(rates), len(OF_SESSIONS)) from `columns` in the order of
    `OF_SESSIONS`: numbers (`None`: 0), and histograms of the kinds in `PACKED`."""
    counts = np.array([weights.count_weight(rate) / weights.PARTS for rate in rates])
    durations = np.array([float(weights.duration_weight(rate)) for rate in rates])
    table = np.empty((len(rates), len(OF_SESSIONS)))
    for number, (name, column) in enumerate(zip(OF_SESSIONS, columns, strict=True)):
        amounts = (
            durations_in(column)
            if name in PACKED
            else np.array([float(amount or 0) for amount in column])
        )
        table[:, number] = amounts * (durations if name in HISTOGRAMS else counts)
    return table
