"""How much of y goes with a step of x, of deviations by the hour."""

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

Floats = NDArray[np.float64]


def slope_of(x: Floats, y: Floats, cells: float, sides: tuple[Measure, Measure]) -> Slope | None:
    """The slope of deviations [T] in natural units, NaN where a side is missing; `None` where too
    few hours differ in x. Its interval counts independent hours: of x and what the line leaves."""
    mask = np.isfinite(x) & np.isfinite(y)
    valid = np.flatnonzero(mask)
    first, second = point_pairs(valid.size)
    u, v = x[valid], y[valid]
    ordered = slopes(u[first] - u[second], v[first] - v[second])
    if ordered.size < LEAST_PAIRS:
        return None
    left = np.where(mask, y - np.median(ordered) * x, 0.0)
    free = spearman(np.where(mask, x, 0.0)[None], left[None], mask[None], np.array([cells]))
    n_effective = float(np.nan_to_num(free.n_effective[0], nan=1.0))
    value, low, high = between(ordered, tau_error(n_effective, ordered.size))
    per = sides[0].per
    return Slope(
        value=value * per, low=low * per, high=high * per, per=per, unit=slope_unit(*sides)
    )
