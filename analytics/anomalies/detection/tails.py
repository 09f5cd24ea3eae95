"""Residuals in standard deviations, of few events by the exact tails of counts and ratios; the
false discovery rate over a family of tails."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .kinds import SeriesKind
from .scale import COUNT_SD, from_scale, to_scale
from .steps import Floats, Mask, Steps

FEW_EVENTS = 30.0  # expected; above, the normal scale of the kind is as good
NEAR = 1.5  # spreads within which a tail need not be exact, since no band is as narrow


def events(kind: SeriesKind, expected: Floats, trials: Floats | None) -> Floats:
    """How many are expected, of ratios of the rarer outcome; `expected` is on the scale."""
    mean = from_scale(kind, expected)
    if kind is SeriesKind.COUNT or trials is None:
        return mean
    return trials * np.minimum(mean, 1.0 - mean)


def deviates(
    kind: SeriesKind, steps: Steps, residuals: Floats, unit: Floats, spread: Floats
) -> Floats:
    """`residuals` of `steps` in standard deviations of `spread` `unit`s, [S, T]; of few events, and
    not near the middle, by the tails about the value that they are measured from."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result = residuals / spread
    is_tailed = kind is SeriesKind.COUNT or (kind is SeriesKind.RATIO and steps.trials is not None)
    if not is_tailed:
        return result
    center = to_scale(kind, steps.values, steps.trials) - residuals * unit
    few = events(kind, center, steps.trials) < FEW_EVENTS
    few &= (np.abs(result) > NEAR) & np.isfinite(spread)
    mean, value = from_scale(kind, center[few]), steps.values[few]
    if steps.trials is None:
        result[few] = count_deviate(value, mean, spread[few] / COUNT_SD)
    else:
        result[few] = ratio_deviate(value, steps.trials[few], mean, spread[few])
    return result


def count_deviate(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """The normal deviate of the tail a count lies in: P(X >= count) above its mean, P(X <= count)
    below; Poisson for `spread` 1 and below, else negative binomial with the variance mean *
    spread^2 (`spread` in units of the Poisson's standard deviation)."""
    special = scipy_special()
    count, mean = np.maximum(count, 0.0), np.maximum(mean, 1e-9)
    excess = spread**2 - 1.0
    size = mean / np.maximum(excess, 1e-6)
    share = 1.0 / (1.0 + np.maximum(excess, 1e-6))
    is_wide = excess > 0.01
    low = np.where(
        is_wide,
        special.betainc(size, np.floor(count) + 1.0, share),
        special.gammaincc(np.floor(count) + 1.0, mean),
    )
    from_count = np.ceil(count)
    high = np.where(
        is_wide,
        special.betainc(np.maximum(from_count, 1e-9), size, 1.0 - share),
        special.gammainc(np.maximum(from_count, 1e-9), mean),
    )
    high = np.where(from_count > 0, high, 1.0)
    return _deviate(low, high, count < mean)


def ratio_deviate(share: Floats, trials: Floats, expected: Floats, spread: Floats) -> Floats:
    """The normal deviate of the binomial tail that `share * trials` successes lie in, where each
    success counts 1 / spread^2: variance spread^2 times the binomial's."""
    special = scipy_special()
    n = np.maximum(trials / np.maximum(spread, 1.0) ** 2, 1e-9)
    p = np.clip(expected, 1e-9, 1.0 - 1e-9)
    k = np.clip(share, 0.0, 1.0) * n
    low = np.where(k >= n, 1.0, special.betainc(np.maximum(n - k, 1e-9), k + 1.0, 1.0 - p))
    high = np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1e-9), n - k + 1.0, p))
    return _deviate(low, high, share < expected)


def _deviate(low: Floats, high: Floats, is_low: Mask) -> Floats:
    special = scipy_special()
    below = -special.ndtri(np.clip(low, 1e-300, 1.0))
    above = -special.ndtri(np.clip(high, 1e-300, 1.0))
    return np.asarray(np.where(is_low, -np.maximum(below, 0.0), np.maximum(above, 0.0)))
