"""The points of one pair, and a curve through ten equally full bins of them."""

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.results import CurveBin, Scatter

Floats = NDArray[np.float64]
BINS = 10
LEAST_OF_BIN = 5


def scatter_of(hours: NDArray[np.int64], x: Floats, y: Floats) -> Scatter:
    """Of deviations [T] in natural units, the hours at which both are there."""
    valid = np.isfinite(x) & np.isfinite(y)
    return Scatter(at=hours[valid], x=x[valid], y=y[valid], curve=_curve(x[valid], y[valid]))


def _curve(x: Floats, y: Floats) -> tuple[CurveBin, ...]:
    """Fewer bins where there are few points; none where x takes one value."""
    bins = min(BINS, x.size // LEAST_OF_BIN)
    if bins < 2 or x.min() == x.max():
        return ()
    edges = np.quantile(x, np.arange(1, bins) / bins)
    number = np.searchsorted(edges, x, side="right")  # equal values share a bin
    return tuple(
        _bin(x[members], y[members])
        for members in (np.flatnonzero(number == each) for each in range(bins))
        if members.size >= LEAST_OF_BIN
    )


def _bin(x: Floats, y: Floats) -> CurveBin:
    lower, median, upper = (float(each) for each in np.quantile(y, [0.25, 0.5, 0.75]))
    return CurveBin(x=float(np.median(x)), lower=lower, median=median, upper=upper, n=x.size)
