"""Durations of the demo as stored histograms: a few are drawn and stand for many."""

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.raw.server_samples import Histogram

BOUNDS = np.array(BOUNDS_US)


def histogram(values_ms: NDArray[np.float64], each: int) -> Histogram:
    """The durations, counted `each` times."""
    buckets = np.searchsorted(BOUNDS, np.rint(values_ms * 1000), side="right") - 1
    found, counts = np.unique(buckets.clip(0, BUCKETS - 1), return_counts=True)
    whole = dict(zip(found.tolist(), (counts * each).tolist(), strict=True))
    return Histogram(whole, round(float(values_ms.sum()) * 1000) * each)
