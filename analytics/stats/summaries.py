"""Shares with their interval and percentiles with their n; pure."""

import numpy as np

from analytics.stats.estimates import Durations, Share
from analytics.stats.intervals import wilson
from analytics.stats.merging import StepHistograms, percentiles_ms

DECIMALS_MS = 2
DECIMALS_SHARE = 6


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
