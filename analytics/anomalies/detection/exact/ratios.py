"""Ratios of few trials: the tails of the binomial distribution."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .secants import Floats, between, deviate_of


def ratio_deviate(share: Floats, trials: Floats, expected: Floats, spread: Floats) -> Floats:
    """The normal deviate of the binomial tail that `share * trials` successes lie in, where each
    success counts 1 / spread^2: variance spread^2 times the binomial's."""
    is_low, result = share < expected, np.zeros(np.shape(share))
    for at, side, sign in ((is_low, _ratio_low, -1.0), (~is_low, _ratio_high, 1.0)):
        deviate = side(share[at], trials[at], expected[at], spread[at])
        result[at] = sign * np.maximum(deviate, 0.0)
    return result


def ratio_low(trials: Floats, expected: Floats, spread: Floats, width: Floats) -> Floats:
    """The least share whose deviate is not below -`width`."""
    limits = np.zeros(np.shape(expected))
    at = _ratio_low(limits, trials, expected, spread) > width
    limits[at] = _above_zero(trials[at], expected[at], spread[at], width[at])
    return limits


def _above_zero(trials: Floats, expected: Floats, spread: Floats, width: Floats) -> Floats:
    def deviate(angle: Floats) -> Floats:
        return _ratio_low(np.square(np.sin(angle)), trials, expected, spread)

    middle = np.arcsin(np.sqrt(np.clip(expected, 0.0, 1.0)))
    return np.square(np.sin(between(deviate, np.zeros_like(middle), middle, width)))


def ratio_high(trials: Floats, expected: Floats, spread: Floats, width: Floats) -> Floats:
    """The largest share whose deviate is not above `width`."""
    return 1.0 - ratio_low(trials, 1.0 - expected, spread, width)


def _ratio_low(share: Floats, trials: Floats, expected: Floats, spread: Floats) -> Floats:
    n, p, k = _binomial(share, trials, expected, spread)
    tail = scipy_special().betainc(np.maximum(n - k, 1e-9), k + 1.0, 1.0 - p)
    return deviate_of(np.where(k >= n, 1.0, tail))


def _ratio_high(share: Floats, trials: Floats, expected: Floats, spread: Floats) -> Floats:
    n, p, k = _binomial(share, trials, expected, spread)
    tail = scipy_special().betainc(np.maximum(k, 1e-9), n - k + 1.0, p)
    return deviate_of(np.where(k <= 0, 1.0, tail))


def _binomial(
    share: Floats, trials: Floats, expected: Floats, spread: Floats
) -> tuple[Floats, Floats, Floats]:
    n = np.maximum(trials / np.maximum(spread, 1.0) ** 2, 1e-9)
    return n, np.clip(expected, 1e-9, 1.0 - 1e-9), np.clip(share, 0.0, 1.0) * n
