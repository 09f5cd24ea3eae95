"""Sums of stored histograms: one row of weighted bucket counts per step of a series.

The stored form is concatenated pairs of bucket (uint16) and count (uint32), little endian; a bucket
may occur in several pairs, which counts beyond uint32 need.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.metrics.histogram_codec import LARGEST_IN_PAIR, PAIR

LAST_BUCKET = np.uint16(BUCKETS - 1)
Counts = NDArray[np.int64]
_BOUNDS: NDArray[np.int64] = np.array(BOUNDS_US, dtype=np.int64)


def counts_of(packed: bytes) -> Counts:
    """The counts per bucket of concatenated pairs, shape (BUCKETS,)."""
    pairs = np.frombuffer(packed, dtype=PAIR)
    return np.bincount(_clamped_buckets(pairs), pairs["count"], BUCKETS).astype(np.int64)


def _clamped_buckets(pairs: NDArray[np.void]) -> NDArray[np.uint16]:
    """The buckets of pairs; an index out of range counts in the last bucket."""
    buckets: NDArray[np.uint16] = np.minimum(pairs["bucket"], LAST_BUCKET)
    return buckets


def packed_of(counts: Counts) -> bytes:
    """The stored form of counts per bucket, ordered by bucket."""
    filled = counts.nonzero()[0]
    pairs = np.empty(filled.size, dtype=PAIR)
    pairs["bucket"], bucket_counts = filled, counts[filled]
    pairs["count"] = np.minimum(bucket_counts, LARGEST_IN_PAIR)
    written = pairs.tobytes()
    if filled.size and bucket_counts.max() > LARGEST_IN_PAIR:
        overflow = counts.copy()
        overflow[filled] -= pairs["count"]
        return written + packed_of(overflow)
    return written


def counts_of_durations(durations_ms: Sequence[int]) -> Counts:
    """The counts per bucket of integer durations in ms, shape (BUCKETS,)."""
    durations_us = np.array(durations_ms, dtype=np.int64) * 1000
    buckets = _BOUNDS.searchsorted(durations_us, side="right") - 1
    return np.bincount(np.maximum(buckets, 0), minlength=BUCKETS).astype(np.int64)


def difference(more: Counts, less: Counts) -> Counts:
    """`more` - `less`, two snapshots of one growing histogram.

    Raises `ValueError` when a count would be negative.
    """
    remainder = more - less
    if (remainder < 0).any():
        raise ValueError("the second histogram holds counts that the first does not")
    return remainder
