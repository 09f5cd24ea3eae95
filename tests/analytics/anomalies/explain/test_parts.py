"""Parts of slices add up, whatever the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies.explain.parts import parts_of, usual
from analytics.anomalies.explain.table import Table, side_by_side

COUNTS = st.integers(0, 2000)
ROWS = st.integers(1, 6).flatmap(
    lambda rows: st.lists(
        st.lists(st.tuples(COUNTS, COUNTS), min_size=4, max_size=4), min_size=rows, max_size=rows
    )
)


def table_of(rows: list[list[tuple[int, int]]], *, has_n: bool = True) -> Table:
    figures = np.array(rows, dtype=np.float64)
    return Table(
        dimensions=("country",), labels=[{"country": str(row)} for row in range(len(rows))],
        bad=figures[..., 0], n=figures[..., 1], sessions=np.zeros(len(rows)), has_n=has_n,
    )  # fmt: skip


@given(ROWS, st.booleans())
def test_parts_add_up_to_the_change_of_all(
    rows: list[list[tuple[int, int]]], is_ratio: bool
) -> None:
    table = table_of(rows)
    total = table.total()
    parts, of_all = (parts_of(each, total, is_ratio=is_ratio) for each in (table, total))
    size = max(1.0, float(np.abs(parts.rate).sum() + np.abs(parts.mix).sum()))
    assert parts.change == pytest.approx(parts.rate + parts.mix + parts.volume)
    if total.n[0, -1] > 0 and total.n[0, :-1].any():
        assert parts.total == pytest.approx(of_all.total, abs=1e-6 * size)
        assert parts.volume.sum() == pytest.approx(of_all.volume.sum(), abs=1e-6 * size)
        change = total.bad[0, -1] - parts.usual.sum()
        if not is_ratio:
            assert parts.total == pytest.approx(change, abs=1e-6 * size)


@given(ROWS)
def test_what_is_among_nothing_adds_up_too(rows: list[list[tuple[int, int]]]) -> None:
    table = table_of(rows, has_n=False)
    parts = parts_of(table, table.total())
    change = table.bad[:, -1].sum() - parts.usual.sum()
    assert parts.total == pytest.approx(change)
    assert not parts.mix.any()


@given(ROWS, st.integers(0, 5))
def test_the_order_of_slices_does_not_matter(
    rows: list[list[tuple[int, int]]], first_row: int
) -> None:
    order = [*np.roll(range(len(rows)), first_row)]
    table, turned = table_of(rows), table_of([rows[row] for row in order])
    first, second = parts_of(table, table.total()), parts_of(turned, turned.total())
    np.testing.assert_allclose(first.change[order], second.change, rtol=1e-9, atol=1e-6)


def test_an_incident_in_a_usual_window_is_not_usual() -> None:
    assert usual(np.array([[20.0, 21.0, 19.0, 900.0]]))[0] < 30
    assert usual(np.array([[0.0, 1.0, 0.0, 0.0]]))[0] == 0.25


def test_tables_add_up_by_fewer_dimensions_and_limit_their_rows() -> None:
    table = table_of([[(number, 10)] * 4 for number in range(6)])
    limited = table.largest(2)
    assert [each["country"] for each in limited.labels] == ["5", "4", "other"]
    np.testing.assert_allclose(limited.bad.sum(axis=0), table.bad.sum(axis=0))
    assert limited.completed(table.total()) is limited
    part = table.where({"country": "3"})
    assert part.completed(table.total()).bad.sum() == table.bad.sum()
    assert table.by(()).total().bad.sum() == table.bad.sum()
    single = table_of([[(1, 2)]])
    joined = side_by_side([single, table_of([[(3, 4)], [(5, 6)]])])
    np.testing.assert_allclose(joined.bad, [[1, 3], [0, 5]])
