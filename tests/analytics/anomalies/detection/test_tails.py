"""Tails of counts and ratios against scipy's distributions; the false discovery rate."""

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.scale import COUNT_SD, expected_to_scale, to_scale
from analytics.anomalies.detection.steps import Floats, Steps
from analytics.anomalies.detection.tails import (
    count_deviate,
    deviates,
    ratio_deviate,
)
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


def deviates_of_counts(values: Floats, mean: float) -> Floats:
    residuals = to_scale(SeriesKind.COUNT, values) - expected_to_scale(
        SeriesKind.COUNT, np.full(values.shape, mean)
    )
    steps = Steps(np.arange(values.shape[1]), values)
    sizes = np.ones_like(values)
    return deviates(SeriesKind.COUNT, steps, residuals, sizes, COUNT_SD * sizes)


def test_few_events_are_judged_by_the_tails_about_what_their_residual_is_of() -> None:
    few, many = np.array([[0.0, 9.0, 20.0, np.nan]]), np.array([[300.0]])
    exact = count_deviate(few, np.full(few.shape, 8.0), np.ones_like(few))
    judged = deviates_of_counts(few, 8.0)
    np.testing.assert_allclose(judged[0, [0, 2]], exact[0, [0, 2]], rtol=1e-6)
    assert 0.0 < judged[0, 1] < 1.0
    assert np.isnan(judged[0, 3])
    on_scale = (to_scale(SeriesKind.COUNT, many) - np.sqrt(200.25)) / COUNT_SD
    np.testing.assert_allclose(deviates_of_counts(many, 200.0), on_scale)
