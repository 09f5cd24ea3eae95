"""Tails of counts and ratios against scipy's distributions; the false discovery rate."""

import numpy as np

from analytics.anomalies.detection.tails import benjamini_hochberg, count_deviate, ratio_deviate
from analytics.stats.scipy_loading import scipy_stats


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


def test_ratios_lie_in_binomial_tails() -> None:
    stats, share = scipy_stats(), np.array([0.5, 0.9, 1.0])
    deviates = ratio_deviate(share, np.full(3, 20.0), np.full(3, 0.9), np.ones(3))
    low = stats.norm.ppf(stats.binom.cdf(10, 20, 0.9))
    high = stats.norm.isf(stats.binom.sf(19, 20, 0.9))
    np.testing.assert_allclose(deviates, [low, 0.0, high], atol=1e-6)


def test_discoveries_of_a_family() -> None:
    p_values = np.array([0.001, 0.5, np.nan, 0.02, 0.9])
    assert benjamini_hochberg(p_values, 0.05).tolist() == [True, False, False, True, False]
    assert not benjamini_hochberg(np.array([np.nan, 0.2]), 0.05).any()
