"""Whether one session makes too much of a figure, from rows of sessions and of cells."""

import numpy as np
import pytest

from analytics.stats.largest_sessions import LargestSessions, too_large
from analytics.stats.session_parts import SessionParts
from models.metrics.client_columns import OF_SESSIONS, PACKED

RECOVERY = OF_SESSIONS.index("recovery")


@pytest.mark.parametrize(
    ("largest", "total", "share"),
    [(0, 0, None), (1, 5, None), (1.01, 5, 0.202), (1, 4, 0.25), (9, 8, 1.0)],
)
def test_more_than_a_fifth_is_too_large(largest: float, total: float, share: float | None) -> None:
    assert too_large(largest, total) == share


def test_a_session_counts_over_cells_and_rows_together() -> None:
    session = (7).to_bytes(16)
    entry = SessionParts(np.array([7], dtype=np.uint64), np.array([RECOVERY]), np.array([3.0]))
    totals = dict.fromkeys(OF_SESSIONS, 0.0) | {"recovery": 9.0}
    amounts = [b"" if name in PACKED else 2 if name == "recovery" else None for name in OF_SESSIONS]
    rows = [
        (0, 1.0, None, entry.packed(totals), *[None] * len(OF_SESSIONS)),
        (1, 1.0, None, None, *[None] * len(OF_SESSIONS)),
        (1, 0.5, session, None, *amounts),
    ]
    largest = LargestSessions.of_rows(rows)
    assert largest.share("recovery", 20) == 0.35
    assert largest.shares("recovery", np.array([10.0, 40.0])) == [0.3, None]
    assert LargestSessions.of_rows([]).share("recovery", 20) is None
