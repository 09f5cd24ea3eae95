"""Shares with their interval and percentiles with their n; pure."""

import numpy as np

from analytics.stats.estimates import Durations, Share
from analytics.stats.histograms import Floats, Histograms
from analytics.stats.intervals import wilson

DECIMALS_MS = 2
DECIMALS_SHARE = 6


def share_of(
    numerator: float,
    denominator: float,
    n: int,
    sessions: int | None = None,
    largest_session: float | None = None,
) -> Share:
    """`numerator` / `denominator` (both weighted) with the interval of `n` unweighted trials.

    Capped at 1: a socket opened in this period may have been attempted in the one before.
    """
    if denominator <= 0 or n <= 0:
        return Share(value=None, n=n, low=None, high=None, sessions=sessions)
    value = min(1.0, max(0.0, numerator / denominator))
    low, high = wilson(value, n)
    return Share(
        value=round(value, DECIMALS_SHARE),
        n=n,
        low=round(low, DECIMALS_SHARE),
        high=round(high, DECIMALS_SHARE),
        sessions=sessions,
        largest_session=largest_session,
    )


def durations_of(
    histograms: Histograms, sessions: int | None = None, largest_session: float | None = None
) -> Durations:
    """Percentiles and mean in ms over all steps of the first label set."""
    added = histograms.over_range()
    total = float(added.counts[0, 0].sum())
    p50, p95, p99 = (or_none(each[0])[0] for each in added.quantiles_ms(0.5, 0.95, 0.99))
    return Durations(
        n=int(added.n[0, 0]),
        mean=round(float(added.sums_us[0, 0]) / total / 1000, DECIMALS_MS) if total else None,
        p50=p50,
        p95=p95,
        p99=p99,
        sessions=sessions,
        largest_session=largest_session,
    )


def or_none(values: Floats) -> list[float | None]:
    """The values of one dimension, `None` for NaN."""
    numbers = values.astype(object)
    numbers[np.isnan(values)] = None
    listed: list[float | None] = numbers.tolist()
    return listed
