"""Sums of stored histograms: one row of weighted bucket counts per step of a series.

The stored form is concatenated pairs of bucket (uint16) and count (uint32), little endian; a bucket
may occur in several pairs, which counts beyond uint32 need.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US, quantile_buckets
from models.metrics.histogram_codec import LARGEST_IN_PAIR, PAIR

LAST_BUCKET = np.uint16(BUCKETS - 1)
MOST_PER_BUCKET = 2.0**52  # keeps the sum over all buckets within 64 bits
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


class StepHistograms:
    """Histograms of `steps` steps: `counts` (steps, BUCKETS) weighted, `n` (steps,) unweighted.

    `sums_us` (steps,) are the weighted sums of the durations in microseconds.
    """

    def __init__(self, steps: int) -> None:
        self.counts: NDArray[np.float64] = np.zeros((steps, BUCKETS))
        self.n: NDArray[np.int64] = np.zeros(steps, dtype=np.int64)
        self.sums_us: NDArray[np.float64] = np.zeros(steps)

    @property
    def sum_us(self) -> float:
        """The sum over all steps."""
        return float(self.sums_us.sum())

    def add_packed(self, step: int, packed: bytes, weight: int, sum_us: float) -> None:
        """Add concatenated pairs to one step; `sum_us` is the unweighted sum of their durations."""
        self._add(step, counts_of(packed), weight, sum_us)

    def add_durations(self, step: int, durations_ms: Sequence[int], weight: int) -> None:
        """Add integer durations in ms to one step."""
        total_us = float(sum(durations_ms)) * 1000
        self._add(step, counts_of_durations(durations_ms), weight, total_us)

    def add_weighted(
        self,
        steps: Sequence[int],
        packed: Sequence[bytes],
        n: Sequence[int],
        sums_us: Sequence[float],
    ) -> None:
        """Add one cell to each of `steps`, vectorised; pairs and sums are weighted already."""
        lengths = np.array([len(part) // PAIR.itemsize for part in packed], dtype=np.int64)
        pairs = np.frombuffer(b"".join(packed), dtype=PAIR)
        flat = np.repeat(np.asarray(steps, dtype=np.int64), lengths) * BUCKETS + _clamped_buckets(
            pairs
        )
        self.counts += np.bincount(flat, pairs["count"], self.counts.size).reshape(
            self.counts.shape
        )
        np.add.at(self.n, steps, n)
        np.add.at(self.sums_us, steps, sums_us)

    def _add(self, step: int, counts: Counts, weight: int, sum_us: float) -> None:
        self.counts[step] += counts * weight
        self.n[step] += int(counts.sum())
        self.sums_us[step] += sum_us * weight

    @property
    def total(self) -> NDArray[np.float64]:
        """All steps together, shape (BUCKETS,)."""
        summed: NDArray[np.float64] = self.counts.sum(axis=0)
        return summed


def step_histograms(rows: Sequence[Mapping[str, Any]], name: str) -> StepHistograms:
    """A step per row: the pairs in its column `name`, their sum in `<name>_sum_us`."""
    histograms = StepHistograms(len(rows))
    for index, row in enumerate(rows):
        histograms.add_packed(index, row[name], 1, row[f"{name}_sum_us"])
    return histograms


def percentiles_ms(counts: NDArray[np.float64], share: float) -> list[float | None]:
    """The `share` quantile in ms of each row by nearest rank; `None` where a row is empty."""
    rounded = np.rint(np.minimum(counts, MOST_PER_BUCKET)).astype(np.int64)
    buckets, totals = quantile_buckets(rounded, share)
    values: Iterable[float] = np.round(MIDDLE_US[buckets] / 1000, 2).tolist()
    return [
        value if filled else None
        for value, filled in zip(values, (totals > 0).tolist(), strict=True)
    ]


def difference(more: Counts, less: Counts) -> Counts:
    """`more` - `less`, two snapshots of one growing histogram.

    Raises `ValueError` when a count would be negative.
    """
    remainder = more - less
    if (remainder < 0).any():
        raise ValueError("the second histogram holds counts that the first does not")
    return remainder
