"""The 95 % interval of a share.

Wilson (1927), Journal of the American Statistical Association 22: it stays within [0, 1] and covers
well for shares near the ends and for small n, where share ± 2 deviations does not.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)
Z_95 = 1.959963984540054  # the two-sided 95 % quantile of the normal distribution


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of `share` (0..1) observed in `n` > 0 trials."""
    middle, half = _middle_and_half(share, n)
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def wilson_bounds(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """`wilson` for arrays of one shape; NaN where n is 0."""
    middle, half = _middle_and_half(share, np.where(n > 0, n, np.nan))
    return (
        np.maximum(0.0, np.minimum(middle - half, share)),
        np.minimum(1.0, np.maximum(middle + half, share)),
    )


def _middle_and_half(share: Number, n: Number) -> tuple[Number, Number]:
    z2 = Z_95 * Z_95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5 / (1 + z2 / n)
    return middle, half
