"""Which share of people met an exposure at all."""

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.results import Estimate
from analytics.stats.inference.day_bootstrap import day_intervals
from analytics.stats.intervals import wilson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def touched_share(x: Floats, above: float, weight: Floats, first: Ints) -> Estimate | None:
    """The weighted share of the sessions that measure x [S] which are above a limit, with an
    interval by days (which begin at `first` [D + 1]) on the scale of log odds: where all or none
    are by Wilson, as no day differs; `None` where days are too few, or no session measures it."""
    measured = np.isfinite(x)
    bases = np.where(measured, weight, 0.0)
    hits = np.where(measured & (x > above), weight, 0.0)
    by_day = [np.add.reduceat(each, first[:-1]) for each in (hits, bases)]
    total = by_day[1].sum()
    if not total:
        return None
    share = float(by_day[0].sum() / total)
    if not 0.0 < share < 1.0:
        low, high = wilson(share, int(np.count_nonzero(measured)))
        return Estimate(value=share, low=low, high=high)
    influence = (by_day[0] - share * by_day[1]) / total / (share * (1.0 - share))
    odds = np.log(share / (1.0 - share))
    half = float(day_intervals(np.array([odds]), influence[:, np.newaxis]).half[0])
    if not np.isfinite(half):
        return None
    low, high = (float(1.0 / (1.0 + np.exp(-(odds + side * half)))) for side in (-1, 1))
    return Estimate(value=share, low=low, high=high)
