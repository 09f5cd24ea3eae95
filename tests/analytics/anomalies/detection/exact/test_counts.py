"""Tails of counts against scipy's distributions, and the counts that lie within them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomalies.detection.exact.counts import count_deviate, count_high, count_low
from analytics.stats.scipy_loading import scipy_stats

MEANS, SPREADS, WIDTHS = st.floats(0.01, 30.0), st.floats(0.5, 4.0), st.floats(1.6, 8.0)


def test_counts_lie_in_poisson_tails() -> None:
    stats, counts = scipy_stats(), np.array([0.0, 9.0, 20.0, 40.0])
    deviates = count_deviate(counts, np.full(4, 20.0), np.ones(4))
    low, high = stats.poisson.cdf(counts, 20.0), stats.poisson.sf(counts - 1.0, 20.0)
    expected = [stats.norm.ppf(low[0]), stats.norm.ppf(low[1]), 0.0, stats.norm.isf(high[3])]
    np.testing.assert_allclose(deviates, expected, atol=1e-6)


def test_counts_that_vary_more_lie_in_negative_binomial_tails() -> None:
    stats, counts = scipy_stats(), np.array([0.0, 60.0])
    deviates = count_deviate(counts, np.full(2, 20.0), np.full(2, 2.0))
    size, share = 20.0 / 3.0, 0.25
    low = stats.nbinom.cdf(0, size, share)
    high = stats.nbinom.sf(59, size, share)
    np.testing.assert_allclose(deviates, [stats.norm.ppf(low), stats.norm.isf(high)], atol=1e-6)


@settings(deadline=None)
@given(MEANS, SPREADS, WIDTHS)
def test_the_limits_are_the_outermost_counts_within_the_width(
    mean: float, spread: float, width: float
) -> None:
    of, by, within = np.array([mean]), np.array([spread]), np.array([width])
    low, high = count_low(of, by, within), count_high(of, by, within)
    assert count_deviate(high + 1.0, of, by) > width
    assert high < mean or count_deviate(high, of, by) <= width
    assert low > mean or count_deviate(low, of, by) >= -width
    assert low == 0.0 or count_deviate(low - 1.0, of, by) < -width
