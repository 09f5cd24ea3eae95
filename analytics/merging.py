"""Adding up stored histograms: one row of buckets per step of a series, weights applied.

The stored form is pairs of bucket (uint16) and count (uint32), little endian, glued together.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US

PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])
MOST_PER_BUCKET = 2.0**52  # keeps the sum over all buckets within 64 bits


class Merged:
    """Histograms of `steps` steps: `counts` (steps, BUCKETS) weighted, `n` (steps,) unweighted."""

    def __init__(self, steps: int) -> None:
        self.counts: NDArray[np.float64] = np.zeros((steps, BUCKETS))
        self.n: NDArray[np.int64] = np.zeros(steps, dtype=np.int64)
        self.sum_us = 0.0

    def add_packed(self, step: int, packed: bytes, weight: int, sum_us: float) -> None:
        """Add glued pairs to one step; `sum_us` is the unweighted sum of their durations."""
        pairs = np.frombuffer(packed, dtype=PAIR)
        counts = np.bincount(pairs["bucket"], pairs["count"], BUCKETS).astype(np.float64)
        self._add(step, counts, weight, sum_us)

    def add_durations(self, step: int, durations_ms: Sequence[int], weight: int) -> None:
        """Add whole durations in ms to one step."""
        durations_us = np.array(durations_ms, dtype=np.int64) * 1000
        buckets = np.searchsorted(BOUNDS_US, durations_us, side="right") - 1
        counts = np.bincount(np.maximum(buckets, 0), minlength=BUCKETS).astype(np.float64)
        self._add(step, counts, weight, float(durations_us.sum()))

    def _add(self, step: int, counts: NDArray[np.float64], weight: int, sum_us: float) -> None:
        self.counts[step] += counts * weight
        self.n[step] += int(counts.sum())
        self.sum_us += sum_us * weight

    @property
    def total(self) -> NDArray[np.float64]:
        """All steps together, shape (BUCKETS,)."""
        whole: NDArray[np.float64] = self.counts.sum(axis=0)
        return whole


def percentiles_ms(counts: NDArray[np.float64], share: float) -> list[float | None]:
    """The `share` quantile in ms of each row by nearest rank; `None` where a row is empty."""
    whole = np.rint(np.minimum(counts, MOST_PER_BUCKET)).astype(np.int64)
    upto = np.cumsum(whole, axis=1)
    totals = upto[:, -1:]
    ranks = np.maximum(1, np.ceil(share * totals)).astype(np.int64)
    buckets = np.minimum((upto < ranks).sum(axis=1), BUCKETS - 1)
    values: Iterable[float] = np.round(MIDDLE_US[buckets] / 1000, 2).tolist()
    return [
        value if filled else None
        for value, filled in zip(values, (totals[:, 0] > 0).tolist(), strict=True)
    ]
