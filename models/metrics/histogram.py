"""The one latency histogram: fixed logarithmic buckets shared by browser, ingest and store.

Bucket i covers [0.1 * 1.04^i, 0.1 * 1.04^(i+1)) ms. Its bounds are integer microseconds made by
exact rational arithmetic, so Python, SQL and JavaScript agree at every edge. Counts are integers
and merging is addition, so any order and any split give the same histogram.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LEAST_US = 100
GROWTH = Fraction(26, 25)
LONGEST_US = 86_400_000_000  # a day: the longest duration a report may hold


def _bounds() -> tuple[int, ...]:
    bounds = [LEAST_US]
    exact = Fraction(LEAST_US)
    while bounds[-1] <= LONGEST_US:
        exact *= GROWTH
        bounds.append(round(exact))
    return tuple(bounds)


BOUNDS_US = _bounds()
BUCKETS = len(BOUNDS_US) - 1
MIDDLE_US: NDArray[np.float64] = np.sqrt(
    np.array(BOUNDS_US[:-1], dtype=np.float64) * np.array(BOUNDS_US[1:], dtype=np.float64)
)


def bucket_of(value_ms: float) -> int:
    """Index of the bucket holding `value_ms`; shorter than 0.1 ms counts in bucket 0."""
    return bisect_right(BOUNDS_US, int(value_ms * 1000 + 0.5), 1, BUCKETS) - 1


def bucket_counts(values_ms: Iterable[float]) -> dict[int, int]:
    """Sparse histogram {bucket: count} of durations in ms."""
    counts: dict[int, int] = {}
    for value in values_ms:  # as `bucket_of`, without a call for each
        bucket = bisect_right(BOUNDS_US, int(value * 1000 + 0.5), 1, BUCKETS) - 1
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts


def dense(counts: Mapping[int, int]) -> NDArray[np.int64]:
    """Counts per bucket, shape (BUCKETS,)."""
    array = np.zeros(BUCKETS, dtype=np.int64)
    for bucket, count in counts.items():
        array[bucket] += count
    return array


def buckets_at(cumulative: NDArray[np.int64], share: float) -> NDArray[np.intp]:
    """The bucket of the `share` quantile (0 < share <= 1) by nearest rank.

    `cumulative` are running counts, shape (..., BUCKETS), the result has the shape (...). Where the
    total is 0 the bucket means nothing. The geometric middle of a bucket is at most 2 % from every
    value in it (plus the microsecond to which bounds are rounded).
    """
    ranks = np.maximum(1, np.ceil(share * cumulative[..., -1])).astype(np.int64)
    # The first bucket that reaches the rank: faster than to count those that do not.
    buckets: NDArray[np.intp] = (cumulative >= ranks[..., np.newaxis]).argmax(axis=-1)
    return buckets
