"""The scale residuals are taken on, by kind: one on which noise is alike at every level.

Counts: Freeman and Tukey (1950), (sqrt(x) + sqrt(x + 1)) / 2, of mean sqrt(mu + 1/4) and variance
near 1/4 down to one event a step. Ratios: their double arcsine, of variance 1 / (4 n + 2) for n
trials, which is finite at 0 and 1 where the log odds are not. Latency: log(1 + x).
"""

import numpy as np

from .kinds import SeriesKind
from .steps import Floats

COUNT_SD = 0.5  # of a Poisson count on its scale
LARGEST_LOG = 700.0


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
