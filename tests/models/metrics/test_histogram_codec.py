"""The stored form of a histogram: what is packed comes out, in pieces and concatenated."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.metrics.histogram_codec import LARGEST_IN_PAIR, PAIR, iter_pairs, packed

pairs = st.lists(st.tuples(st.integers(0, 2**16 - 1), st.integers(0, LARGEST_IN_PAIR)))


@given(pairs, pairs)
def test_concatenated_histograms_hold_the_pairs_of_both(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    stored = b"".join(
        packed([b for b, _ in part], [c for _, c in part]) for part in (first, second)
    )
    assert list(iter_pairs(stored)) == first + second


@given(pairs)
def test_numpy_reads_the_same_pairs(values: list[tuple[int, int]]) -> None:
    stored = packed([bucket for bucket, _ in values], [count for _, count in values])
    assert np.frombuffer(stored, dtype=PAIR).tolist() == values


def test_a_pair_is_six_bytes_little_endian() -> None:
    assert packed([1], [2]) == b"\x01\x00\x02\x00\x00\x00"


@pytest.mark.parametrize(("bucket", "count"), [(2**16, 1), (0, LARGEST_IN_PAIR + 1), (-1, 1)])
def test_a_number_beyond_its_field_is_refused(bucket: int, count: int) -> None:
    with pytest.raises(struct.error):
        packed([bucket], [count])
