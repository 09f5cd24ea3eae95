"""The false discovery rate of a family of tests: Benjamini and Hochberg (1995), Journal of the
Royal Statistical Society B 57."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def adjusted_p(p_values: Floats) -> Floats:
    """The smallest rate at which each of a family [n] is a discovery; never below its p.

    A NaN stays one and does not count in the family: scipy's `false_discovery_control` refuses the
    family for one of them.
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    real = np.flatnonzero(np.isfinite(p))
    order = real[np.argsort(p[real], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
