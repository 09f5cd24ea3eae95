"""Stored histograms add up: any split, any order, weights beside an unweighted n."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.merging import Merged, counts_of, difference, packed_of, percentiles_ms
from models.metrics.histogram import BUCKETS, counted, dense, percentile_ms
from models.raw.client_reports import packed

pairs = st.dictionaries(
    st.integers(min_value=0, max_value=BUCKETS - 1),
    st.integers(min_value=0, max_value=10**9),
    max_size=20,
)


def stored(counts: dict[int, int]) -> bytes:
    """The bytes of a report."""
    return packed(list(counts), list(counts.values()))


@given(st.lists(pairs, max_size=6))
def test_glued_histograms_equal_their_sum(reports: list[dict[int, int]]) -> None:
    merged = Merged(1)
    merged.add_packed(0, b"".join(map(stored, reports)), 1, 0)
    assert np.array_equal(merged.total, sum(map(dense, reports), dense({})))


def test_a_bucket_that_is_not_known_counts_in_the_last() -> None:
    strange, last = stored({65535: 3, BUCKETS: 4}), dense({BUCKETS - 1: 7})
    merged = Merged(2)
    merged.add_weighted([0], [strange], [7], [0.0])
    assert np.array_equal(counts_of(strange), last)
    assert np.array_equal(merged.counts, [last, dense({})])


@given(pairs, pairs, st.integers(min_value=1, max_value=10**6))
def test_the_order_of_adding_does_not_matter(
    one: dict[int, int], other: dict[int, int], weight: int
) -> None:
    forth, back = Merged(1), Merged(1)
    for merged, order in ((forth, (one, other)), (back, (other, one))):
        for counts in order:
            merged.add_packed(0, stored(counts), weight, 0)
    assert np.array_equal(forth.counts, back.counts)


def test_a_weight_multiplies_counts_and_leaves_n() -> None:
    merged = Merged(2)
    merged.add_packed(1, stored({7: 3}), 10, 500)
    assert merged.counts[1, 7] == 30
    assert merged.n.tolist() == [0, 3]
    assert merged.sum_us == 5000


@given(st.lists(st.integers(min_value=0, max_value=86_400_000), max_size=30))
def test_whole_durations_fall_where_the_histogram_puts_them(durations_ms: list[int]) -> None:
    merged = Merged(1)
    merged.add_durations(0, durations_ms, 1)
    assert np.array_equal(merged.total, dense(counted(durations_ms)))
    assert merged.sum_us == sum(durations_ms) * 1000


@given(st.lists(st.lists(st.floats(min_value=0, max_value=1e6), max_size=30), min_size=1))
def test_percentiles_of_many_steps_are_those_of_each(steps: list[list[float]]) -> None:
    rows = [dense(counted(values)) for values in steps]
    alone = [percentile_ms(row, 0.95) for row in rows]
    together = percentiles_ms(np.array(rows, dtype=np.float64), 0.95)
    assert together == [None if value is None else round(value, 2) for value in alone]


def test_absurd_weights_neither_overflow_nor_shift_the_percentile() -> None:
    counts = np.array([dense({3: 1})], dtype=np.float64)
    assert percentiles_ms(counts * 1e300, 0.5) == percentiles_ms(counts, 0.5)


@given(st.lists(st.integers(0, 2**40), min_size=BUCKETS, max_size=BUCKETS))
def test_what_is_packed_comes_back_however_large(counts: list[int]) -> None:
    dense_counts = np.array(counts, dtype=np.int64)
    assert np.array_equal(counts_of(packed_of(dense_counts)), dense_counts)


@given(st.lists(st.tuples(st.integers(0, 3), pairs), max_size=12))
def test_cells_added_in_one_go_are_cells_added_one_by_one(
    cells: list[tuple[int, dict[int, int]]],
) -> None:
    at_once, singly = Merged(4), Merged(4)
    packed_cells = [stored(counts) for _, counts in cells]
    numbers = [sum(counts.values()) for _, counts in cells]
    at_once.add_weighted([step for step, _ in cells], packed_cells, numbers, [5.0] * len(cells))
    for (step, _), part in zip(cells, packed_cells, strict=True):
        singly.add_packed(step, part, 1, 5.0)
    assert np.array_equal(at_once.counts, singly.counts)
    assert np.array_equal(at_once.n, singly.n)
    assert np.array_equal(at_once.sums_us, singly.sums_us)


@given(pairs, pairs)
def test_a_difference_undoes_a_merge(one: dict[int, int], other: dict[int, int]) -> None:
    both = dense(one) + dense(other)
    assert np.array_equal(difference(both, dense(other)), dense(one))


def test_a_difference_of_strangers_is_refused() -> None:
    with pytest.raises(ValueError, match="does not"):
        difference(dense({3: 1}), dense({4: 1}))
