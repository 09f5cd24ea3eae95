"""Sums of stored histograms: any split, any order, weighted counts with an unweighted n."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.merging import counts_of, difference, packed_of
from models.metrics.histogram import BUCKETS, dense
from models.metrics.histogram_codec import packed

pairs = st.dictionaries(
    st.integers(min_value=0, max_value=BUCKETS - 1),
    st.integers(min_value=0, max_value=10**9),
    max_size=20,
)


def stored(counts: dict[int, int]) -> bytes:
    """The bytes of a report."""
    return packed(list(counts), list(counts.values()))


def test_an_unknown_bucket_counts_in_the_last() -> None:
    strange, last = stored({65535: 3, BUCKETS: 4}), dense({BUCKETS - 1: 7})
    assert np.array_equal(counts_of(strange), last)


@given(st.lists(st.integers(0, 2**40), min_size=BUCKETS, max_size=BUCKETS))
def test_packed_counts_round_trip_however_large(counts: list[int]) -> None:
    dense_counts = np.array(counts, dtype=np.int64)
    assert np.array_equal(counts_of(packed_of(dense_counts)), dense_counts)


@given(pairs, pairs)
def test_a_difference_undoes_a_merge(first: dict[int, int], second: dict[int, int]) -> None:
    both = dense(first) + dense(second)
    assert np.array_equal(difference(both, dense(second)), dense(first))


def test_a_difference_of_unrelated_histograms_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not"):
        difference(dense({3: 1}), dense({4: 1}))
