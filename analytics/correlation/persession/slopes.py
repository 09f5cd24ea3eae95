"""How much of y goes with a step of x among equals: slopes between sessions of one stratum and
day, so that each belongs to one day and its interval follows from how days differ."""

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.measures import Measure
from analytics.correlation.results import Slope
from analytics.correlation.units import slope_unit
from analytics.stats.inference.day_bootstrap import LEAST_DAYS
from analytics.stats.inference.theil_sen import LEAST_PAIRS, SEED, between
from analytics.stats.scipy_loading import scipy_special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_SLOPES = 4096
MOST_NEIGHBOURS = 40_000


class SessionPairs:
    """Neighbouring sessions of one stratum and day in random order, and the `day` of each pair.
    `order` [S] is that of sessions by stratum, and within it by day."""

    def __init__(self, order: Ints, strata: Ints, day: Ints) -> None:
        stratum_days = (strata * (int(day.max(initial=0)) + 1) + day)[order]
        pairs = np.flatnonzero(stratum_days[1:] == stratum_days[:-1])
        pairs = np.random.default_rng(SEED).permutation(pairs)[:MOST_NEIGHBOURS]
        self.first, self.second = order[pairs + 1], order[pairs]
        self.day = day[self.first]

    def differences(self, values: Floats) -> Floats:
        """Of a side [S]."""
        return np.asarray(values[self.first] - values[self.second])


def slope_of(dx: Floats, dy: Floats, day: Ints, sides: tuple[Measure, Measure]) -> Slope | None:
    """Of differences between equal sessions; `None` where too few differ in x, or too few days."""
    usable = np.flatnonzero((dx != 0) & np.isfinite(dx) & np.isfinite(dy))[:MOST_SLOPES]
    days = np.count_nonzero(np.bincount(day[usable])) if usable.size else 0
    if usable.size < LEAST_PAIRS or days < LEAST_DAYS:
        return None
    each = dy[usable] / dx[usable]
    ordered = np.sort(each)
    below = np.sign(ordered[each.size // 2] - each) / 2.0
    by_day = np.bincount(day[usable], weights=below)
    error = float(np.sqrt(days / (days - 1) * (by_day**2).sum())) / usable.size
    quantile = float(scipy_special().stdtrit(days - 1, 0.975))
    value, low, high = between(ordered, error, quantile)
    per = sides[0].per
    return Slope(
        value=value * per, low=low * per, high=high * per, per=per, unit=slope_unit(*sides)
    )
