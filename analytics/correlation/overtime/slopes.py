"""How much of y goes with a step of x, of deviations by the hour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.measures import Measure
from analytics.correlation.overtime.coefficients import spearman
from analytics.correlation.results import Slope
from analytics.correlation.units import slope_unit
from analytics.stats.inference.theil_sen import (
    LEAST_PAIRS,
    between,
    point_pairs,
    slopes,
    tau_error,
)
from analytics.stats.scipy_loading import scipy_special

Floats = NDArray[np.float64]
Sides = tuple[Measure, Measure]


def slopes_of(x: Floats, y: Floats, cells: Floats, sides: Sequence[Sides]) -> list[Slope | None]:
    """The slopes of pairs of deviations [P, T] in natural units, NaN where a side is missing;
    `None` where too few hours differ in x. Intervals count independent hours: of x, and of what the
    line leaves of y. `cells` [P] are the usual values taken off."""
    mask = np.isfinite(x) & np.isfinite(y)
    ordered = [_ordered(u[valid], v[valid]) for u, v, valid in zip(x, y, mask, strict=True)]
    middle = np.array([np.median(each) if each.size else 0.0 for each in ordered])
    left = np.where(mask, y - middle[:, np.newaxis] * x, 0.0)
    n_effective = spearman(np.where(mask, x, 0.0), left, mask, cells).n_effective
    return [
        _slope(each, float(n), pair)
        for each, n, pair in zip(ordered, n_effective, sides, strict=True)
    ]


def _ordered(x: Floats, y: Floats) -> Floats:
    if x.size < 2:
        return np.zeros(0)
    first, second = point_pairs(x.size)
    return slopes(x[first] - x[second], y[first] - y[second])


def _slope(ordered: Floats, n_effective: float, sides: Sides) -> Slope | None:
    if ordered.size < LEAST_PAIRS:
        return None
    quantile = float(scipy_special().stdtrit(max(n_effective - 2.0, 1.0), 0.975))
    value, low, high = between(ordered, tau_error(n_effective, ordered.size), quantile)
    per = sides[0].per
    unit = slope_unit(*sides)
    return Slope(value=value * per, low=low * per, high=high * per, per=per, unit=unit)
