"""Shares and durations: Wilson's interval, weights with unweighted n, no value without data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import histograms
from analytics.stats.histograms import Histograms
from analytics.stats.intervals import wilson
from analytics.stats.summaries import durations_of, share_of
from models.metrics.histogram import bucket_counts
from models.metrics.histogram_codec import packed


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_equals_the_published_ones(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson(successes / n, n) == pytest.approx((low, high), abs=5e-5)


@given(st.floats(min_value=0, max_value=1), st.integers(min_value=1, max_value=10**12))
def test_the_interval_holds_the_share_and_stays_a_share(share: float, n: int) -> None:
    low, high = wilson(share, n)
    assert 0 <= low <= share <= high <= 1


@given(st.integers(min_value=0, max_value=50), st.integers(min_value=1, max_value=50))
def test_more_trials_never_widen_the_interval(successes: int, failures: int) -> None:
    share = successes / (successes + failures)
    few, many = wilson(share, 100), wilson(share, 10_000)
    assert many[1] - many[0] <= few[1] - few[0]


def test_a_share_of_no_trials_has_no_value() -> None:
    nothing = share_of(0, 0, 0)
    assert (nothing.value, nothing.n, nothing.low, nothing.high) == (None, 0, None, None)


def test_weights_move_the_value_and_only_n_moves_the_interval() -> None:
    plain, weighted = share_of(90, 100, 100), share_of(900, 1000, 100)
    assert plain == weighted


def test_a_numerator_above_its_denominator_is_a_share_of_1() -> None:
    assert share_of(3, 2, 2).value == 1.0


def test_durations_of_fixed_values() -> None:
    values = [10.0] * 50 + [20.0] * 45 + [400.0] * 5
    durations = durations_of(merged(values))
    assert durations.n == 100
    assert durations.mean == pytest.approx(34.0)
    assert (durations.p50, durations.p95, durations.p99) == pytest.approx((10, 20, 400), rel=0.02)


def test_no_durations_have_no_percentiles() -> None:
    durations = durations_of(merged([]))
    assert (durations.n, durations.mean, durations.p50, durations.p99) == (0, None, None, None)


def merged(values_ms: list[float]) -> Histograms:
    """A histogram of one label set and step."""
    pairs = bucket_counts(values_ms)
    stored = [packed(list(pairs), list(pairs.values()))]
    index, weights = np.zeros(1, dtype=np.int64), np.ones(1)
    counts, n = histograms.of_packed(stored, np.array([np.nan]), index, weights, (1, 1))
    return Histograms(counts, n, np.array([[sum(values_ms) * 1000]]))
