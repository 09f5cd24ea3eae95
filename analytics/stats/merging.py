"""Adding up stored histograms: one row of buckets per step of a series, weights applied.

The stored form is pairs of bucket (uint16) and count (uint32), little endian, glued together; a
bucket may stand in several pairs, so larger counts are written as many.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US

PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])
LAST = np.uint16(BUCKETS - 1)
LARGEST_IN_PAIR = 2**32 - 1
MOST_PER_BUCKET = 2.0**52  # keeps the sum over all buckets within 64 bits
Counts = NDArray[np.int64]
_BOUNDS: NDArray[np.int64] = np.array(BOUNDS_US, dtype=np.int64)


def counts_of(packed: bytes) -> Counts:
    """The counts per bucket of glued pairs, shape (BUCKETS,)."""
    pairs = np.frombuffer(packed, dtype=PAIR)
    return np.bincount(_known(pairs), pairs["count"], BUCKETS).astype(np.int64)


def _known(pairs: NDArray[np.void]) -> NDArray[np.uint16]:
    """The buckets of pairs; one that is not known, from whoever wrote it, is beyond the last."""
    buckets: NDArray[np.uint16] = np.minimum(pairs["bucket"], LAST)
    return buckets


def packed_of(counts: Counts) -> bytes:
    """The stored form of counts per bucket, ordered by bucket."""
    filled = counts.nonzero()[0]
    pairs = np.empty(filled.size, dtype=PAIR)
    pairs["bucket"], given = filled, counts[filled]
    pairs["count"] = np.minimum(given, LARGEST_IN_PAIR)
    written = pairs.tobytes()
    if filled.size and given.max() > LARGEST_IN_PAIR:
        rest = counts.copy()
        rest[filled] -= pairs["count"]
        return written + packed_of(rest)
    return written


def counts_of_durations(durations_ms: Sequence[int]) -> Counts:
    """The counts per bucket of whole durations in ms, shape (BUCKETS,)."""
    durations_us = np.array(durations_ms, dtype=np.int64) * 1000
    buckets = _BOUNDS.searchsorted(durations_us, side="right") - 1
    return np.bincount(np.maximum(buckets, 0), minlength=BUCKETS).astype(np.int64)


class Merged:
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
        """Add glued pairs to one step; `sum_us` is the unweighted sum of their durations."""
        self._add(step, counts_of(packed), weight, sum_us)

    def add_durations(self, step: int, durations_ms: Sequence[int], weight: int) -> None:
        """Add whole durations in ms to one step."""
        total_us = float(sum(durations_ms)) * 1000
        self._add(step, counts_of_durations(durations_ms), weight, total_us)

    def add_weighted(
        self,
        steps: Sequence[int],
        packed: Sequence[bytes],
        n: Sequence[int],
        sums_us: Sequence[float],
    ) -> None:
        """Add one cell to each of `steps`: pairs and sums with their weights in them, in one go."""
        lengths = np.array([len(part) // PAIR.itemsize for part in packed], dtype=np.int64)
        pairs = np.frombuffer(b"".join(packed), dtype=PAIR)
        flat = np.repeat(np.asarray(steps, dtype=np.int64), lengths) * BUCKETS + _known(pairs)
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
        whole: NDArray[np.float64] = self.counts.sum(axis=0)
        return whole


def merged_of(rows: Sequence[Mapping[str, Any]], name: str) -> Merged:
    """A step each row: the glued pairs in its column `name` and their sum in `<name>_sum_us`."""
    found = Merged(len(rows))
    for place, row in enumerate(rows):
        found.add_packed(place, row[name], 1, row[f"{name}_sum_us"])
    return found


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


def difference(more: Counts, less: Counts) -> Counts:
    """What `more` holds beyond `less`: two readings of one growing histogram.

    Raises `ValueError` where it would be negative: then they are not such readings.
    """
    rest = more - less
    if (rest < 0).any():
        raise ValueError("the second histogram holds counts that the first does not")
    return rest
