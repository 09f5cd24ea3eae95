"""Shares with their interval and percentiles with their n; pure."""

from math import sqrt

import numpy as np

from analytics.stats.estimates import Durations, Share
from analytics.stats.merging import StepHistograms, percentiles_ms

Z_95 = 1.959963984540054  # the two-sided 95 % quantile of the normal distribution
DECIMALS_MS = 2
DECIMALS_SHARE = 6


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of `share` (0..1) observed in `n` > 0 trials.

    Wilson (1927), Journal of the American Statistical Association 22: it stays within [0, 1] and
    covers well for shares near the ends and for small n, where share ± 2 deviations does not.
    """
    z2 = Z_95 * Z_95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def share_of(numerator: float, denominator: float, n: int) -> Share:
    """`numerator` / `denominator` (both weighted) with the interval of `n` unweighted trials.

    Capped at 1: a socket opened in this period may have been attempted in the one before.
    """
    if denominator <= 0 or n <= 0:
        return Share(value=None, n=n, low=None, high=None)
    value = min(1.0, max(0.0, numerator / denominator))
    low, high = wilson(value, n)
    return Share(
        value=round(value, DECIMALS_SHARE),
        n=n,
        low=round(low, DECIMALS_SHARE),
        high=round(high, DECIMALS_SHARE),
    )


def durations_of(histograms: StepHistograms) -> Durations:
    """Percentiles and mean in ms over all steps of `histograms`."""
    counts = histograms.total
    total = float(counts.sum())
    p50, p95, p99 = (percentiles_ms(counts[np.newaxis], share)[0] for share in (0.5, 0.95, 0.99))
    return Durations(
        n=int(histograms.n.sum()),
        mean=round(histograms.sum_us / total / 1000, DECIMALS_MS) if total else None,
        p50=p50,
        p95=p95,
        p99=p99,
    )
