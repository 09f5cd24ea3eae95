"""The shared histogram: exact edges, bounded error, and merging in any order."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.metrics.histogram import (
    BOUNDS_US,
    BUCKETS,
    GROWTH,
    LEAST_US,
    LONGEST_US,
    bucket_counts,
    bucket_of,
    dense,
)
from tests.support.percentiles import percentile_ms

durations_us = st.integers(min_value=LEAST_US, max_value=LONGEST_US)
samples_ms = st.lists(st.floats(min_value=0, max_value=86_400_000), max_size=50)
shares = st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0])


def test_bounds_follow_the_exact_powers_to_half_a_microsecond() -> None:
    exact = [LEAST_US * GROWTH**index for index in range(BUCKETS + 1)]
    assert all(
        abs(bound - true) <= Fraction(1, 2) for bound, true in zip(BOUNDS_US, exact, strict=True)
    )


def test_bounds_grow_strictly_and_reach_past_a_day() -> None:
    assert all(low < high for low, high in pairwise(BOUNDS_US))
    assert BOUNDS_US[-2] <= LONGEST_US < BOUNDS_US[-1]


def test_every_bound_opens_its_own_bucket() -> None:
    assert [bucket_of(bound / 1000) for bound in BOUNDS_US[:-1]] == list(range(BUCKETS))


def test_the_microsecond_before_a_bound_belongs_to_the_bucket_before() -> None:
    before = [bucket_of((bound - 1) / 1000) for bound in BOUNDS_US[1:]]
    assert before == list(range(BUCKETS))


def test_values_out_of_range_count_in_the_first_or_last_bucket() -> None:
    assert bucket_of(0) == 0
    assert bucket_of(1e12) == BUCKETS - 1


@given(samples_ms, samples_ms)
def test_merging_is_addition_whatever_the_split(left: list[float], right: list[float]) -> None:
    merged = dense(bucket_counts(left)) + dense(bucket_counts(right))
    assert np.array_equal(merged, dense(bucket_counts(right + left)))


@given(st.lists(durations_us, min_size=1, max_size=80), shares)
def test_a_percentile_is_within_two_percent_of_the_nearest_rank(
    values_us: list[int], share: float
) -> None:
    rank = max(1, int(np.ceil(share * len(values_us))))
    true_ms = sorted(values_us)[rank - 1] / 1000
    percentile = percentile_ms(dense(bucket_counts(value / 1000 for value in values_us)), share)
    assert percentile is not None
    assert abs(percentile - true_ms) <= 0.02 * true_ms + 0.001


@given(samples_ms)
def test_percentiles_never_fall_as_the_share_grows(values_ms: list[float]) -> None:
    counts = dense(bucket_counts(values_ms))
    percentiles = [percentile_ms(counts, share) for share in (0.5, 0.95, 0.99)]
    assert percentiles == [None] * 3 or percentiles == sorted(
        value for value in percentiles if value is not None
    )


def test_an_empty_histogram_has_no_percentile() -> None:
    assert percentile_ms(dense({}), 0.5) is None
