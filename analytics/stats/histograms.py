"""Histograms of many label sets and steps at once, as arrays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.stats.merging import MOST_PER_BUCKET
from models.metrics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US, quantile_buckets
from models.metrics.histogram_codec import PAIR

Floats = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Histograms:
    """`counts` (label sets, steps, BUCKETS) weighted, `n` (label sets, steps) unweighted, `sums_us`
    (label sets, steps) the weighted sums of the durations in microseconds."""

    counts: Floats
    n: Floats
    sums_us: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> "Histograms":
        """No durations; `shape` is (label sets, steps)."""
        return cls(np.zeros((*shape, BUCKETS)), np.zeros(shape), np.zeros(shape))

    def map(self, change: Callable[[Floats], Floats]) -> "Histograms":
        """With `change` applied to each array."""
        return Histograms(change(self.counts), change(self.n), change(self.sums_us))

    def over_range(self) -> "Histograms":
        """All steps together, as one step."""
        return self.map(lambda series: series.sum(axis=1, keepdims=True))

    def quantiles_ms(self, share: float) -> Floats:
        """The `share` quantile in ms by nearest rank, (label sets, steps); NaN without any."""
        rounded = np.rint(np.minimum(self.counts, MOST_PER_BUCKET)).astype(np.int64)
        buckets, totals = quantile_buckets(rounded, share)
        return np.where(totals > 0, np.round(MIDDLE_US[buckets] / 1000, 2), np.nan)


def of_packed(
    packed: Sequence[bytes | None],
    n: Sequence[int | None],
    index: Index,
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Adds concatenated pairs (`models.metrics.histogram_codec`) to the cells of `index`, a flat
    index into `shape`: the weighted counts (*shape, BUCKETS), and the unweighted n. `n` are those
    of pairs that are weighted already; `None`: the pairs count."""
    lengths = np.array([len(blob or b"") // PAIR.itemsize for blob in packed], dtype=np.int64)
    pairs = np.frombuffer(b"".join(blob for blob in packed if blob), dtype=PAIR)
    buckets, counts = pairs["bucket"].astype(np.int64), pairs["count"].astype(np.float64)
    is_weighted = np.array([each is not None for each in n], dtype=bool)
    at = np.repeat(index, lengths)
    own_n = np.bincount(index, np.array([float(each or 0) for each in n]), shape[0] * shape[1])
    n_of_pairs = np.where(np.repeat(is_weighted, lengths), 0.0, counts)
    weighted, counted = _binned(
        at, buckets, counts * np.repeat(weights, lengths), n_of_pairs, shape
    )
    return weighted, counted + own_n.reshape(shape)


def of_lists(
    lists: Sequence[str | None], index: Index, weights: Floats, shape: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """The same of integers in ms between commas, and their weighted sums in microseconds."""
    listed = [(position, text) for position, text in enumerate(lists) if text]
    values = [[int(number) for number in text.split(",")] for _, text in listed]
    positions = np.repeat([position for position, _ in listed], [len(each) for each in values])
    positions = positions.astype(np.int64)
    micros = np.array([number for each in values for number in each], dtype=np.int64) * 1000
    buckets = np.clip(np.searchsorted(BOUNDS_US, micros, side="right") - 1, 0, BUCKETS - 1)
    at, weight = index[positions], weights[positions]
    counts, n = _binned(at, buckets, weight, np.ones(len(micros)), shape)
    sums_us = np.bincount(at, micros * weight, shape[0] * shape[1]).astype(np.float64)
    return counts, n, sums_us.reshape(shape)


def _binned(
    index: Index, buckets: Index, counts: Floats, n: Floats, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """A bucket beyond the last counts in the last."""
    cells = shape[0] * shape[1]
    flat = index * BUCKETS + np.minimum(buckets, BUCKETS - 1)
    weighted = np.bincount(flat, counts, cells * BUCKETS).astype(np.float64)
    added = np.bincount(index, n, cells).astype(np.float64)
    return weighted.reshape(*shape, BUCKETS), added.reshape(shape)
