"""The scale residuals are taken on, by kind: one on which noise is alike at every level.

Counts: Freeman and Tukey (1950), (sqrt(x) + sqrt(x + 1)) / 2, of mean sqrt(mu + 1/4) and variance
near 1/4 down to one event a step. Ratios: their double arcsine, of variance 1 / (4 n + 2) for n
trials, which is finite at 0 and 1 where the log odds are not. Latency: log(1 + x).

Of few events the mean on the scale is not where the mean is: `by_chance` says how far apart they
are, for otherwise what is expected drifts to what is most frequent, which is none.
"""

from functools import cache

import numpy as np

from .kinds import SeriesKind
from .steps import Floats

COUNT_SD = 0.5  # of a Poisson count on its scale
LARGEST_LOG = 700.0
MOST_UNEVEN, COUNTED = 30.0, 120  # events: above, the means agree; as many sum up to the mean


def to_scale(kind: SeriesKind, values: Floats, trials: Floats | None = None) -> Floats:
    """Values in the unit of the metric on the scale of their kind; NaN stays NaN."""
    if kind is SeriesKind.COUNT:
        x = np.maximum(values, 0.0)
        return (np.sqrt(x) + np.sqrt(x + 1.0)) / 2.0
    if kind is SeriesKind.LATENCY:
        return np.log1p(np.maximum(values, 0.0))
    if kind is SeriesKind.RATIO:
        return _double_arcsine(np.clip(values, 0.0, 1.0), trials)
    return values


def expected_to_scale(kind: SeriesKind, expected: Floats) -> Floats:
    """Expected values, means of many, on the scale of their kind."""
    if kind is SeriesKind.COUNT:
        return np.sqrt(np.maximum(expected, 0.0) + 0.25)
    if kind is SeriesKind.RATIO:
        return np.arcsin(np.sqrt(np.clip(expected, 0.0, 1.0)))
    return to_scale(kind, expected)


def by_chance(kind: SeriesKind, scaled: Floats, trials: Floats | None = None) -> Floats:
    """How far `to_scale` of counts of Poisson, or of ratios of binomial distribution, lies on
    average above `scaled`, the `expected_to_scale` of their mean; 0 of other kinds."""
    if kind is SeriesKind.COUNT:
        return _uneven(from_scale(kind, scaled))
    if kind is not SeriesKind.RATIO or trials is None:
        return np.zeros_like(scaled)
    share = from_scale(kind, scaled)
    rarer = np.minimum(share, 1.0 - share)
    center = np.arcsin(np.sqrt((rarer * trials + 0.25) / (trials + 0.5)))
    apart = center + _uneven(rarer * trials) / np.sqrt(trials + 1.0) - np.arcsin(np.sqrt(rarer))
    return np.where(share > rarer, -apart, apart)


def _uneven(mean: Floats) -> Floats:
    roots, apart = _uneven_table()
    return np.interp(np.sqrt(mean), roots, apart)


@cache
def _uneven_table() -> tuple[Floats, Floats]:
    """Square roots of means, and the mean of Freeman and Tukey's roots less sqrt(mean + 1/4)."""
    roots = np.linspace(0.0, np.sqrt(MOST_UNEVEN), 200)
    counts, mean = np.arange(COUNTED), np.square(roots)[:, None]
    steps = np.where(counts > 0, mean / np.maximum(counts, 1), np.exp(-mean))
    both = (np.sqrt(counts) + np.sqrt(counts + 1.0)) / 2.0
    return roots, np.cumprod(steps, axis=1) @ both - np.sqrt(mean[:, 0] + 0.25)


def from_scale(kind: SeriesKind, scaled: Floats) -> Floats:
    """The inverse of `expected_to_scale`, cut to what is possible: no count, latency or ratio below
    0, no ratio above 1."""
    if kind is SeriesKind.COUNT:
        return np.maximum(np.maximum(scaled, 0.0) ** 2 - 0.25, 0.0)
    if kind is SeriesKind.LATENCY:
        return np.maximum(np.expm1(np.minimum(scaled, LARGEST_LOG)), 0.0)
    if kind is SeriesKind.RATIO:
        return np.sin(np.clip(scaled, 0.0, np.pi / 2.0)) ** 2
    return scaled


def values_from_scale(kind: SeriesKind, scaled: Floats, trials: Floats | None = None) -> Floats:
    """The inverse of `to_scale`, cut to what is possible; of ratios that of Miller (1978)."""
    if kind is SeriesKind.COUNT:
        twice = np.maximum(2.0 * scaled, 1.0)
        return np.square((twice - 1.0 / twice) / 2.0)
    if kind is SeriesKind.RATIO and trials is not None:
        return _share_of(np.clip(2.0 * scaled, 1e-6, np.pi - 1e-6), trials)
    return from_scale(kind, scaled)


def unit_sd(kind: SeriesKind, shape: tuple[int, ...], trials: Floats | None) -> Floats:
    """What one unit of spread is for a step, [S, T]: of ratios it shrinks with their trials."""
    if kind is SeriesKind.RATIO and trials is not None:
        return 1.0 / np.sqrt(4.0 * np.maximum(trials, 0.0) + 2.0)
    return np.ones(shape)


def _double_arcsine(share: Floats, trials: Floats | None) -> Floats:
    if trials is None:
        return np.arcsin(np.sqrt(share))
    successes = share * trials
    lower = np.arcsin(np.sqrt(successes / (trials + 1.0)))
    upper = np.arcsin(np.sqrt((successes + 1.0) / (trials + 1.0)))
    return (lower + upper) / 2.0


def _share_of(angle: Floats, trials: Floats) -> Floats:
    sine = np.sin(angle)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.clip(sine + (sine - 1.0 / sine) / trials, 0.0, 1.0)
    return np.asarray((1.0 - np.sign(np.cos(angle)) * np.sqrt(1.0 - np.square(moved))) / 2.0)
