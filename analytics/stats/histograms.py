"""Histograms of many label sets and steps at once, as arrays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS, MIDDLE_US, buckets_at
from models.metrics.histogram_codec import PAIR

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
# Pairs of a blob, on average: from here on to add each by itself takes a sixth of the time.
LONG = 1_000
MOST_PER_BUCKET = 2.0**52  # keeps the sum over all buckets within 64 bits
_MIDDLES_MS: Floats = np.round(MIDDLE_US / 1000, 2)


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

    def quantiles_ms(self, *shares: float) -> list[Floats]:
        """The quantile in ms of each of `shares` by nearest rank, (label sets, steps); NaN without
        any."""
        rounded = np.rint(np.minimum(self.counts, MOST_PER_BUCKET)).astype(np.int64)
        cumulative = np.cumsum(rounded, axis=-1)
        totals = cumulative[..., -1]
        return [
            np.where(totals > 0, _MIDDLES_MS[buckets_at(cumulative, share)], np.nan)
            for share in shares
        ]


def of_packed(
    packed: Sequence[bytes | None],
    n: Floats,
    index: Index,
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Adds concatenated pairs (`models.metrics.histogram_codec`) to the cells of `index`, a flat
    index into `shape`: the weighted counts (*shape, BUCKETS), and the unweighted n. `n` are those
    of pairs that are weighted already; NaN: the pairs count."""
    lengths = np.array([len(blob or b"") // PAIR.itemsize for blob in packed], dtype=np.int64)
    if lengths.sum() > LONG * len(lengths):
        return _of_long(packed, n, index, weights, shape)
    pairs = np.frombuffer(b"".join(blob for blob in packed if blob), dtype=PAIR)
    counts = pairs["count"].astype(np.float64)
    weighted = counts if (weights == 1).all() else counts * np.repeat(weights, lengths)
    binned = _binned(np.repeat(index, lengths), pairs["bucket"], weighted, shape)
    cells = shape[0] * shape[1]
    counted = np.bincount(index, np.nan_to_num(n), cells)
    is_missing = np.isnan(n)
    if is_missing.any():
        is_unweighted = np.repeat(is_missing, lengths)
        at = np.repeat(index, lengths)[is_unweighted]
        counted = counted + np.bincount(at, counts[is_unweighted], cells)
    return binned, counted.astype(np.float64).reshape(shape)


def _of_long(
    packed: Sequence[bytes | None],
    n: Floats,
    index: Index,
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """The same of few blobs with many pairs each, one after the other."""
    binned, counted = np.zeros((shape[0] * shape[1], BUCKETS)), np.zeros(shape[0] * shape[1])
    for blob, cell, weight, own in zip(packed, index, weights, n, strict=True):
        pairs = np.frombuffer(blob or b"", dtype=PAIR)
        buckets = np.minimum(pairs["bucket"], BUCKETS - 1)
        counts = np.bincount(buckets, pairs["count"], BUCKETS)
        binned[cell] += counts * weight
        counted[cell] += counts.sum() if np.isnan(own) else own
    return binned.reshape(*shape, BUCKETS), counted.reshape(shape)


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
    counts = _binned(at, buckets, weight, shape)
    n, sums_us = (
        np.bincount(at, added, shape[0] * shape[1]).astype(np.float64).reshape(shape)
        for added in (np.ones(len(micros)), micros * weight)
    )
    return counts, n, sums_us


def _binned(
    index: Index, buckets: NDArray[np.integer[Any]], counts: Floats, shape: tuple[int, int]
) -> Floats:
    """A bucket beyond the last counts in the last."""
    flat = index * BUCKETS
    flat += np.minimum(buckets, BUCKETS - 1)
    binned = np.bincount(flat, counts, shape[0] * shape[1] * BUCKETS)
    return binned.astype(np.float64, copy=False).reshape(*shape, BUCKETS)
