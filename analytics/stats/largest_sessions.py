"""The sessions that bring most of a figure: whether one of them makes too much of it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.stats import session_parts
from analytics.stats.session_parts import Floats, SessionParts
from models.metrics.client_columns import OF_SESSIONS

TOO_LARGE = 0.2
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LargestSessions:
    """The weighted amount of the largest session of each quantity: `per_step` of the shape
    (len(OF_SESSIONS), steps), `over_range` (len(OF_SESSIONS),). Of a session in several cells at
    most what it brings, see `analytics.stats.session_parts`."""

    per_step: Floats
    over_range: Floats

    @classmethod
    def none(cls, steps: int) -> "LargestSessions":
        """Of cells that do not tell."""
        return cls(np.zeros((len(OF_SESSIONS), steps)), np.zeros(len(OF_SESSIONS)))

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]], steps: int) -> "LargestSessions":
        """From `models.queries.sums.SumRows.sessions`."""
        cells = [
            (step, SessionParts.of_packed(packed)) for step, _, _, packed, *_ in rows if packed
        ]
        parts = [each for _, each in cells]
        numbers = [np.full(len(each.amounts), step, dtype=np.int64) for step, each in cells]
        if raw := [row for row in rows if row[2] is not None]:
            of_steps, rates, ids, _, *amounts = zip(*raw, strict=True)
            table = session_parts.table_of([float(rate) for rate in rates], amounts)
            parts.append(SessionParts.of_table(session_parts.hashes_of(ids), table))
            numbers.append(np.array(of_steps, dtype=np.int64)[table.nonzero()[0]])
        if not parts:
            return cls.none(steps)
        return cls(
            *session_parts.largest_of(SessionParts.joined(parts), np.concatenate(numbers), steps)
        )

    def share(self, quantity: str, total: float) -> float | None:
        """What one session makes of the total over the range, where that is more than
        `TOO_LARGE`."""
        return too_large(float(self.over_range[OF_SESSIONS.index(quantity)]), total)

    def shares(self, quantity: str, totals: Floats) -> list[float | None]:
        """The same of each step; `totals` has the shape (steps,)."""
        largest = self.per_step[OF_SESSIONS.index(quantity)].tolist()
        return [too_large(*pair) for pair in zip(largest, totals.tolist(), strict=True)]


def too_large(largest: float, total: float) -> float | None:
    """The share of the largest session, where it is more than `TOO_LARGE`."""
    if total <= 0 or largest <= TOO_LARGE * total:
        return None
    return round(min(1.0, largest / total), DECIMALS)
