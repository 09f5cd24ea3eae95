"""Counts of few events: the tails of the Poisson and of the negative binomial distribution."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .secants import Floats, Mask, deviate_of, solved

LEAST_EXCESS = 0.01  # of the variance over that of Poisson, in means


def count_deviate(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """The normal deviate of the tail a count lies in: P(X >= count) above its mean, P(X <= count)
    below; Poisson for `spread` 1 and below, else negative binomial with the variance mean *
    spread^2 (`spread` in units of the Poisson's standard deviation)."""
    is_low, result = count < mean, np.zeros(np.shape(count))
    for at, side, rounded, sign in (
        (is_low, _count_low, np.floor, -1.0), (~is_low, _count_high, np.ceil, 1.0),
    ):  # fmt: skip
        result[at] = sign * np.maximum(side(rounded(count[at]), mean[at], spread[at]), 0.0)
    return result


def count_low(mean: Floats, spread: Floats, width: Floats) -> Floats:
    """The least whole count whose deviate is not below -`width`."""
    limits = np.zeros(np.shape(mean))
    at = _count_low(limits, mean, spread) > width
    limits[at] = _above_zero(mean[at], spread[at], width[at])
    return limits


def _above_zero(mean: Floats, spread: Floats, width: Floats) -> Floats:
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
    """Of P(X <= count)."""
    special, k = scipy_special(), np.maximum(count, 0.0)
    tail, is_wide, size, share = _tails(mean, spread)
    tail[is_wide] = special.betainc(size, k[is_wide] + 1.0, share)
    tail[~is_wide] = special.gammaincc(k[~is_wide] + 1.0, np.maximum(mean[~is_wide], 1e-9))
    return deviate_of(tail)


def _count_high(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """Of P(X >= count)."""
    special, k = scipy_special(), np.maximum(count, 1e-9)
    tail, is_wide, size, share = _tails(mean, spread)
    tail[is_wide] = special.betainc(k[is_wide], size, 1.0 - share)
    tail[~is_wide] = special.gammainc(k[~is_wide], np.maximum(mean[~is_wide], 1e-9))
    return deviate_of(np.where(count > 0, tail, 1.0))


def _tails(mean: Floats, spread: Floats) -> tuple[Floats, Mask, Floats, Floats]:
    """Empty tails; which are those of a negative binomial, with its size and share of success."""
    excess = spread**2 - 1.0
    is_wide = excess > LEAST_EXCESS
    size = np.maximum(mean[is_wide], 1e-9) / excess[is_wide]
    return np.empty(np.shape(mean)), is_wide, size, 1.0 / (1.0 + excess[is_wide])
