"""Spearman's and Pearson's coefficients of deviations, with the independent hours behind them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.overtime.autocorrelation import (
    Lagged,
    effective_hours,
    inflation,
    lagged,
)
from analytics.stats.inference.fisher import fisher

Floats = NDArray[np.float64]
Mask = NDArray[np.bool]


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Of P pairs, [P] each; NaN where a side does not vary. `series` are what was multiplied:
    ranks or values with mean 0 and variance 1."""

    value: Floats
    low: Floats
    high: Floats
    p: Floats
    n_effective: Floats
    series: Lagged


def spearman(x: Floats, y: Floats, mask: Mask, cells: Floats) -> Coefficients:
    """Rank correlations of [P, T] over `mask`; `cells` [P] are the usual values taken off.

    A rank correlation varies by the factor 1 + r^2 / 2 more (Bonett and Wright 2000, Psychometrika
    65)."""
    u, v = (_standardised(_ranks(side, mask), mask) for side in (x, y))
    r = _mean(u * v, mask)
    return _coefficients(u, v, mask, cells, (1 - r**2) ** 2 * (1 + r**2 / 2))


def pearson(x: Floats, y: Floats, mask: Mask, cells: Floats) -> Coefficients:
    """As `spearman`, of the deviations themselves; the part of lag 0 is taken from the points, as
    tails are no normal ones."""
    u, v = (_standardised(side, mask) for side in (x, y))
    r = _mean(u * v, mask)
    influence = u * v - r[:, np.newaxis] * (u * u + v * v) / 2
    return _coefficients(u, v, mask, cells, _mean(influence**2, mask))


def _coefficients(u: Floats, v: Floats, mask: Mask, cells: Floats, at_once: Floats) -> Coefficients:
    series = lagged(u, v, mask)
    moves = (u != 0).any(axis=-1) & (v != 0).any(axis=-1)
    value = np.where(moves, series.after[:, 0], np.nan)
    hours = mask.sum(axis=-1).astype(np.float64)
    n_effective = effective_hours(inflation(series, at_once), hours, cells)
    low, high, p = fisher(value, n_effective)
    return Coefficients(value, low, high, p, n_effective, series)


def _ranks(values: Floats, mask: Mask) -> Floats:
    """Ranks of each row among `mask`, ties sharing their mean; elsewhere 0."""
    ranks = np.zeros(values.shape)
    for row, (each, valid) in enumerate(zip(values, mask, strict=True)):
        _, position, counts = np.unique(each[valid], return_inverse=True, return_counts=True)
        ranks[row, valid] = (np.cumsum(counts) - (counts - 1) / 2)[position]
    return ranks


def _standardised(values: Floats, mask: Mask) -> Floats:
    """With mean 0 and variance 1 over `mask`; all 0 where nothing varies, and outside."""
    filled = np.where(mask, values, 0.0)
    centred = np.where(mask, filled - _mean(filled, mask)[:, np.newaxis], 0.0)
    spread = np.sqrt(_mean(centred**2, mask))[:, np.newaxis]
    size = np.abs(filled).max(axis=-1, keepdims=True, initial=0.0)
    varies = spread > 1e-9 * size  # a sum of equal values is not exact
    return np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)


def _mean(values: Floats, mask: Mask) -> Floats:
    return np.asarray(values.sum(axis=-1) / np.maximum(mask.sum(axis=-1), 1))
