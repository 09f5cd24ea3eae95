"""Reports spread over ages: whole numbers that add up, by the time that each bin has of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.correlation.sessions.ages import AGE_MS, bins_of, spread
from analytics.correlation.sessions.table import MOST_AGES

spans = st.tuples(st.integers(0, 3 * AGE_MS), st.integers(0, 3 * AGE_MS), st.integers(0, 10**9))


@settings(max_examples=60, deadline=None)
@given(st.lists(spans, min_size=1, max_size=5), st.lists(spans, min_size=1, max_size=5))
def test_amounts_add_up_and_are_in_proportion_to_the_time(
    first: list[tuple[int, int, int]], second: list[tuple[int, int, int]]
) -> None:
    session = np.repeat([0, 1], [len(first), len(second)])
    begins, lengths, amounts = np.array([*first, *second], dtype=np.int64).T
    ends = begins + lengths
    bins = bins_of(np.array([ends[session == number].max() for number in (0, 1)]))
    (sums,) = spread(session, begins, ends, [amounts], bins)
    assert sums.shape == (bins.sum(),)
    for number, offset in ((0, 0), (1, bins[0])):
        own = session == number
        expected = np.zeros(bins[number])
        for begin, end, amount in zip(begins[own], ends[own], amounts[own], strict=True):
            low = np.arange(bins[number]) * AGE_MS
            inside = np.clip(np.minimum(end, low + AGE_MS) - np.maximum(begin, low), 0, None)
            if begin == end:
                inside[max(end - 1, 0) // AGE_MS] = 1
            expected += amount * inside / max(end - begin, 1)
        actual = sums[offset : offset + bins[number]]
        assert actual.sum() == amounts[own].sum()
        assert np.abs(actual - expected).max() <= own.sum()


def test_what_is_later_than_the_last_bin_is_left_out() -> None:
    length = (MOST_AGES + 3) * AGE_MS
    bins = bins_of(np.array([length, 0]))
    assert bins.tolist() == [MOST_AGES, 1]
    session, begins = np.array([0, 0]), np.array([0, length - AGE_MS])
    (sums,) = spread(session, begins, np.array([length, length]), [np.array([1470, 9])], bins)
    assert sums[:MOST_AGES].tolist() == [10] * MOST_AGES
