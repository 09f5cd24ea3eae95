"""What cells keep of their largest sessions: never too much, and all that matters."""

from collections import Counter
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import session_parts
from analytics.stats.session_parts import LEAST_PART, SessionParts
from models.metrics.client_columns import OF_SESSIONS, PACKED
from models.metrics.histogram_codec import packed

DROPS, LATENCY = (OF_SESSIONS.index(name) for name in ("drops", "latency"))
Cell = dict[int, int]  # amounts by session


def stored(cell: Cell) -> bytes:
    table = np.zeros((len(cell), len(OF_SESSIONS)))
    table[:, DROPS] = [*cell.values()]
    sessions = np.array([*cell], dtype=np.uint64)
    totals = dict.fromkeys(OF_SESSIONS, 0.0) | {"drops": float(sum(cell.values()))}
    return SessionParts.of_table(sessions, table).packed(totals)


@given(st.lists(st.dictionaries(st.integers(0, 40), st.integers(0, 99), max_size=30), max_size=9))
def test_the_largest_session_of_any_cells_is_never_overstated_nor_missed(cells: list[Cell]) -> None:
    parts = SessionParts.of_packed(b"".join(map(stored, cells)))
    _, largest = session_parts.largest_of(parts, np.zeros(len(parts.amounts), np.int64), 1)
    exact: Counter[int] = sum(map(Counter, cells), Counter())
    total, most = exact.total(), max(exact.values(), default=0)
    assert most - LEAST_PART * total <= largest[DROPS] <= most
    if all(
        not amount or amount > LEAST_PART * sum(c.values()) for c in cells for amount in c.values()
    ):
        assert largest[DROPS] == most


def test_each_step_has_its_own_largest_session() -> None:
    parts = SessionParts(
        np.array([1, 1, 2, 2], dtype=np.uint64), np.full(4, LATENCY), np.array([3.0, 1.0, 2.0, 5.0])
    )
    per_step, over_range = session_parts.largest_of(parts, np.array([0, 1, 0, 1]), 3)
    assert per_step[LATENCY].tolist() == [3, 5, 0]
    assert over_range[LATENCY] == 7


def test_amounts_of_rows_are_weighted_like_the_figures() -> None:
    histogram = packed((3, 9), (2, 70_000))
    columns = [[histogram, None] if name in PACKED else [5, None] for name in OF_SESSIONS]
    table = session_parts.table_of([0.3, 1.0], columns)
    of_first = dict(zip(OF_SESSIONS, table[0], strict=True))
    assert (of_first["latency"], of_first["recovery"]) == (70_002 * 3, 15)
    assert of_first["drops"] == pytest.approx(5 / 0.3, abs=5 / 1024)
    assert not table[1].any()


def test_sessions_differ_by_all_of_their_id() -> None:
    ids = [UUID(int=1), UUID(int=2), UUID(int=2**64), UUID(int=2**70)]
    assert len({*session_parts.hashes_of([each.bytes for each in ids]).tolist()}) == 3
