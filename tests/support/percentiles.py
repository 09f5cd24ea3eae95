"""The percentile of a histogram, computed plainly: what the product's must equal."""

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import MIDDLE_US


def percentile_ms(counts: NDArray[np.int64], share: float) -> float | None:
    """The `share` quantile (0 < share <= 1) in ms by nearest rank, `None` when empty."""
    total = int(counts.sum())
    if total == 0:
        return None
    rank = max(1, int(np.ceil(share * total)))
    bucket = int(np.searchsorted(np.cumsum(counts), rank))
    return float(MIDDLE_US[bucket]) / 1000
