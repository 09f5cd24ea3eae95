"""The sessions that bring most of a figure: whether one of them makes too much of it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.stats import session_parts
from analytics.stats.session_parts import ENTRY, Floats, Index, SessionParts
from models.metrics.client_columns import OF_SESSIONS

TOO_LARGE = 0.2
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LargestSessions:
    """What single sessions bring: entries, and the step of each. Of a session in several cells at
    most what it brings, see `analytics.stats.session_parts`. `is_complete`: sessions of rows are
    among them, which are not compared where these are too many."""

    parts: SessionParts
    steps: Index
    is_complete: bool = True

    @classmethod
    def of_rows(
        cls, rows: Sequence[Sequence[Any]], *, is_complete: bool = True
    ) -> "LargestSessions":
        """From `models.queries.sums.SumRows.sessions`."""
        cells = [(step, packed) for step, _, _, packed, *_ in rows if packed]
        parts = [SessionParts.of_packed(b"".join(packed for _, packed in cells))]
        entries = [len(packed) // ENTRY.itemsize for _, packed in cells]
        numbers = [np.repeat(np.array([step for step, _ in cells], dtype=np.int64), entries)]
        if raw := [row for row in rows if row[2] is not None]:
            of_steps, rates, ids, _, *amounts = zip(*raw, strict=True)
            table = session_parts.table_of([float(rate) for rate in rates], amounts)
            parts.append(SessionParts.of_table(session_parts.hashes_of(ids), table))
            numbers.append(np.array(of_steps, dtype=np.int64)[table.nonzero()[0]])
        return cls(SessionParts.joined(parts), np.concatenate(numbers), is_complete)

    def share(self, quantity: str, total: float) -> float | None:
        """What one session makes of the total over the range, where that is more than
        `TOO_LARGE`."""
        return self._shares(quantity, np.array([total]), np.zeros_like(self.steps))[0]

    def shares(self, quantity: str, totals: Floats) -> list[float | None]:
        """The same of a quantity in each step; `totals` has the shape (steps,)."""
        return self._shares(quantity, totals, self.steps)

    def _shares(self, quantity: str, totals: Floats, groups: Index) -> list[float | None]:
        rows = np.flatnonzero(self.parts.quantities == OF_SESSIONS.index(quantity))
        sessions, amounts = self.parts.sessions[rows], self.parts.amounts[rows]
        largest = session_parts.largest_of(sessions, amounts, groups[rows], TOO_LARGE * totals)
        return [too_large(*pair) for pair in zip(largest.tolist(), totals.tolist(), strict=True)]


def too_large(largest: float, total: float) -> float | None:
    """The share of the largest session, where it is more than `TOO_LARGE`."""
    if total <= 0 or largest <= TOO_LARGE * total:
        return None
    return round(min(1.0, largest / total), DECIMALS)
