"""Sums of stored histograms: any split, any order, weighted counts with an unweighted n."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.merging import StepHistograms, counts_of, difference, packed_of, percentiles_ms
from models.metrics.histogram import BUCKETS, bucket_counts, dense
from models.metrics.histogram_codec import packed
from tests.support.percentiles import percentile_ms

pairs = st.dictionaries(
    st.integers(min_value=0, max_value=BUCKETS - 1),
    st.integers(min_value=0, max_value=10**9),
    max_size=20,
)


def stored(counts: dict[int, int]) -> bytes:
    """The bytes of a report."""
    return packed(list(counts), list(counts.values()))


@given(st.lists(pairs, max_size=6))
def test_concatenated_histograms_equal_their_sum(reports: list[dict[int, int]]) -> None:
    merged = StepHistograms(1)
    merged.add_packed(0, b"".join(map(stored, reports)), 1, 0)
    assert np.array_equal(merged.total, sum(map(dense, reports), dense({})))


def test_an_unknown_bucket_counts_in_the_last() -> None:
    strange, last = stored({65535: 3, BUCKETS: 4}), dense({BUCKETS - 1: 7})
    merged = StepHistograms(2)
    merged.add_weighted([0], [strange], [7], [0.0])
    assert np.array_equal(counts_of(strange), last)
    assert np.array_equal(merged.counts, [last, dense({})])


@given(pairs, pairs, st.integers(min_value=1, max_value=10**6))
def test_the_order_of_adding_does_not_matter(
    first: dict[int, int], second: dict[int, int], weight: int
) -> None:
    forth, back = StepHistograms(1), StepHistograms(1)
    for merged, order in ((forth, (first, second)), (back, (second, first))):
        for counts in order:
            merged.add_packed(0, stored(counts), weight, 0)
    assert np.array_equal(forth.counts, back.counts)


def test_a_weight_multiplies_counts_and_leaves_n() -> None:
    merged = StepHistograms(2)
    merged.add_packed(1, stored({7: 3}), 10, 500)
    assert merged.counts[1, 7] == 30
    assert merged.n.tolist() == [0, 3]
    assert merged.sum_us == 5000


@given(st.lists(st.integers(min_value=0, max_value=86_400_000), max_size=30))
def test_integer_durations_fall_into_their_buckets(durations_ms: list[int]) -> None:
    merged = StepHistograms(1)
    merged.add_durations(0, durations_ms, 1)
    assert np.array_equal(merged.total, dense(bucket_counts(durations_ms)))
    assert merged.sum_us == sum(durations_ms) * 1000


@given(st.lists(st.lists(st.floats(min_value=0, max_value=1e6), max_size=30), min_size=1))
def test_percentiles_of_many_steps_are_those_of_each(steps: list[list[float]]) -> None:
    rows = [dense(bucket_counts(values)) for values in steps]
    alone = [percentile_ms(row, 0.95) for row in rows]
    together = percentiles_ms(np.array(rows, dtype=np.float64), 0.95)
    assert together == [None if value is None else round(value, 2) for value in alone]


def test_absurd_weights_neither_overflow_nor_shift_the_percentile() -> None:
    counts = np.array([dense({3: 1})], dtype=np.float64)
    assert percentiles_ms(counts * 1e300, 0.5) == percentiles_ms(counts, 0.5)


@given(st.lists(st.integers(0, 2**40), min_size=BUCKETS, max_size=BUCKETS))
def test_packed_counts_round_trip_however_large(counts: list[int]) -> None:
    dense_counts = np.array(counts, dtype=np.int64)
    assert np.array_equal(counts_of(packed_of(dense_counts)), dense_counts)


@given(st.lists(st.tuples(st.integers(0, 3), pairs), max_size=12))
def test_cells_added_together_equal_cells_added_singly(
    cells: list[tuple[int, dict[int, int]]],
) -> None:
    at_once, singly = StepHistograms(4), StepHistograms(4)
    packed_cells = [stored(counts) for _, counts in cells]
    numbers = [sum(counts.values()) for _, counts in cells]
    at_once.add_weighted([step for step, _ in cells], packed_cells, numbers, [5.0] * len(cells))
    for (step, _), part in zip(cells, packed_cells, strict=True):
        singly.add_packed(step, part, 1, 5.0)
    assert np.array_equal(at_once.counts, singly.counts)
    assert np.array_equal(at_once.n, singly.n)
    assert np.array_equal(at_once.sums_us, singly.sums_us)


@given(pairs, pairs)
def test_a_difference_undoes_a_merge(first: dict[int, int], second: dict[int, int]) -> None:
    both = dense(first) + dense(second)
    assert np.array_equal(difference(both, dense(second)), dense(first))


def test_a_difference_of_unrelated_histograms_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not"):
        difference(dense({3: 1}), dense({4: 1}))
