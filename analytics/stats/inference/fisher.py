"""The interval of a correlation: normal on the scale of its inverse hyperbolic tangent.

Fisher (1915), Biometrika 10. With n independent points the variance there is 1 / (n - 3); whoever
has another variance says which n would have it. The quantile is Student's with n - 2 degrees of
freedom, as n itself is estimated.
"""

import numpy as np
from numpy.typing import NDArray

from analytics.stats.scipy_loading import scipy_special

Floats = NDArray[np.float64]
LARGEST = 1.0 - 1e-12  # of a coefficient, so that its scale is finite
LEAST_N = 4.0


def fisher(coefficient: Floats, n_effective: Floats) -> tuple[Floats, Floats, Floats]:
    """Low, high and two-sided p of coefficients in [-1, 1]; NaN below 4 effective points."""
    special = scipy_special()
    n = np.where(n_effective >= LEAST_N, n_effective, np.nan)
    centre = np.arctanh(np.clip(coefficient, -LARGEST, LARGEST))
    error = 1.0 / np.sqrt(n - 3.0)
    half = special.stdtrit(n - 2.0, 0.975) * error
    p = 2.0 * special.stdtr(n - 2.0, -np.abs(centre) / error)
    return np.tanh(centre - half), np.tanh(centre + half), np.minimum(p, 1.0)
