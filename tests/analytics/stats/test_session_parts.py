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

DROPS = OF_SESSIONS.index("drops")
STEPS = range(5)
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
    groups = np.zeros(len(parts.amounts), dtype=np.int64)
    (largest,) = session_parts.largest_of(parts.sessions, parts.amounts, groups, np.zeros(1))
    exact: Counter[int] = sum(map(Counter, cells), Counter())
    total, most = exact.total(), max(exact.values(), default=0)
    assert most - LEAST_PART * total <= largest <= most
    if all(
        not amount or amount > LEAST_PART * sum(c.values()) for c in cells for amount in c.values()
    ):
        assert largest == most


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(STEPS) - 1),
            st.sampled_from([1, 2, 65, 129, 2**63]),
            st.integers(0, 9),
        ),
        min_size=1,
    ),
    st.lists(st.integers(0, 20), min_size=len(STEPS), max_size=len(STEPS)),
)
def test_each_step_has_its_own_largest_session(
    entries: list[tuple[int, int, int]], least: list[int]
) -> None:
    amounts: Counter[tuple[int, int]] = Counter()
    for step, session, amount in entries:
        amounts[step, session] += amount
    exact = [max((n for (at, _), n in amounts.items() if at == step), default=0) for step in STEPS]
    steps, sessions, numbers = (np.array([*each]) for each in zip(*entries, strict=True))
    largest = session_parts.largest_of(
        sessions.astype(np.uint64), numbers.astype(float), steps, np.array(least, dtype=float)
    )
    assert largest.tolist() == [
        n if n > bound else 0 for n, bound in zip(exact, least, strict=True)
    ]


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
