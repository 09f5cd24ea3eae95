"""Distributions of durations from the shared histogram; they add exactly."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US, buckets_at, dense

from .report import Distribution

SHARES = (0.50, 0.95, 0.99)
_EDGES = np.array(BOUNDS_US[1:BUCKETS], dtype=np.int64)
Counts = NDArray[np.int64]


def counts_of(values_ms: Sequence[float]) -> Counts:
    """Counts per bucket of durations in ms, shape (BUCKETS,); as `bucket_of` places each."""
    microseconds = (np.asarray(values_ms, dtype=np.float64) * 1000 + 0.5).astype(np.int64)
    buckets = np.searchsorted(_EDGES, microseconds, side="right")
    return np.bincount(buckets, minlength=BUCKETS).astype(np.int64)


def distribution(counts: Counts, longest: float | None = None) -> Distribution:
    """Percentiles of counts per bucket."""
    n = int(counts.sum())
    if n == 0:
        return Distribution()
    cumulative = np.cumsum(counts)
    middles = [float(MIDDLE_US[int(buckets_at(cumulative, share))]) / 1000 for share in SHARES]
    most = np.inf if longest is None else longest  # the middle of its bucket may lie beyond it
    p50, p95, p99 = (round(min(middle, most), 3) for middle in middles)
    (buckets,) = np.nonzero(counts)
    histogram = {int(bucket): int(counts[bucket]) for bucket in buckets}
    return Distribution(n=n, p50=p50, p95=p95, p99=p99, longest=longest, histogram=histogram)


def of_values(values_ms: Sequence[float]) -> Distribution:
    """The distribution of durations in ms."""
    longest = round(max(values_ms), 3) if len(values_ms) else None
    return distribution(counts_of(values_ms), longest)


def joined(parts: Iterable[Distribution]) -> Distribution:
    """The distribution of all values of several."""
    total, longest = np.zeros(BUCKETS, dtype=np.int64), None
    for part in parts:
        total += dense(_clamped(part.histogram))
        if part.longest is not None:
            longest = part.longest if longest is None else max(longest, part.longest)
    return distribution(total, longest)


def _clamped(histogram: Mapping[int, int]) -> dict[int, int]:
    return {bucket: n for bucket, n in histogram.items() if 0 <= bucket < BUCKETS}
