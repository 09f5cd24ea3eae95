"""Durations of the demo as stored histograms: a few values, each counted several times."""

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.raw.server_samples import Histogram

BOUNDS = np.array(BOUNDS_US)


def histogram(values_ms: NDArray[np.float64], weight: int) -> Histogram:
    """The histogram of the durations, each counted `weight` times."""
    buckets = np.searchsorted(BOUNDS, np.rint(values_ms * 1000), side="right") - 1
    present, counts = np.unique(buckets.clip(0, BUCKETS - 1), return_counts=True)
    counts_by_bucket = dict(zip(present.tolist(), (counts * weight).tolist(), strict=True))
    return Histogram(counts_by_bucket, round(float(values_ms.sum()) * 1000) * weight)
