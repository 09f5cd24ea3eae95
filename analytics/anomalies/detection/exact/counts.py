"""Counts of few events: the tails of the Poisson and of the negative binomial distribution."""

import numpy as np

from analytics.anomalies.detection.steps import Floats
from analytics.stats.scipy_loading import scipy_special

from .secants import deviate_of, solved

MOST_POISSON = 1.0 / 1.01  # share of success, above which a count is one of Poisson


def count_deviate(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """The normal deviate of the tail a count lies in: P(X >= count) above its mean, P(X <= count)
    below; Poisson for `spread` 1 and below, else negative binomial with the variance mean *
    spread^2 (`spread` in units of the Poisson's standard deviation)."""
    low, high = _count_low(np.floor(count), mean, spread), _count_high(np.ceil(count), mean, spread)
    return np.where(count < mean, -np.maximum(low, 0.0), np.maximum(high, 0.0))


def count_low(mean: Floats, spread: Floats, width: Floats) -> Floats:
    """The least whole count whose deviate is not below -`width`."""
    start = np.maximum(np.sqrt(mean) - width * spread / 2.0, 0.1)
    low = np.ceil(solved(lambda x: _count_low(x * x, mean, spread), start, width) ** 2)
    low += _count_low(low, mean, spread) > width
    low -= (low > 0) & (_count_low(low - 1.0, mean, spread) <= width)
    return np.maximum(low, 0.0)


def count_high(mean: Floats, spread: Floats, width: Floats) -> Floats:
    """The largest whole count whose deviate is not above `width`."""
    start = np.sqrt(np.maximum(mean, 0.1)) + width * spread / 2.0
    high = np.floor(solved(lambda x: _count_high(x * x, mean, spread), start, width) ** 2)
    high += _count_high(high + 1.0, mean, spread) <= width
    high -= _count_high(high, mean, spread) > width
    return np.maximum(high, 0.0)


def _count_low(count: Floats, mean: Floats, spread: Floats) -> Floats:
    special = scipy_special()
    count, mean, size, share = _negative_binomial(count, mean, spread)
    wide, poisson = special.betainc(size, count + 1.0, share), special.gammaincc(count + 1.0, mean)
    return deviate_of(np.where(share < MOST_POISSON, wide, poisson))


def _count_high(count: Floats, mean: Floats, spread: Floats) -> Floats:
    special = scipy_special()
    count, mean, size, share = _negative_binomial(count, mean, spread)
    least = np.maximum(count, 1e-9)
    wide, poisson = special.betainc(least, size, 1.0 - share), special.gammainc(least, mean)
    tail = np.where(share < MOST_POISSON, wide, poisson)
    return deviate_of(np.where(count > 0, tail, 1.0))


def _negative_binomial(
    count: Floats, mean: Floats, spread: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Count and mean within bounds, its size and its share of success: 1 for a Poisson."""
    excess = np.maximum(spread**2 - 1.0, 1e-6)
    mean = np.maximum(mean, 1e-9)
    return np.maximum(count, 0.0), mean, mean / excess, 1.0 / (1.0 + excess)
