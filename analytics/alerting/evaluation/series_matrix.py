"""Measurements per label set and time step, and their sums over sliding windows.

A window of k steps that ends with step i holds the steps i-k+1 .. i. Counts are weighted by
1/sample_rate, n is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.labels import Labels
from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.metrics.histogram_codec import PAIR

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SeriesMatrix:
    """Steps of `step_seconds` from `start` on. Sums have the shape (label sets, steps), histograms
    (label sets, steps, BUCKETS); `counted` are the unweighted sums."""

    start: datetime
    step_seconds: int
    steps: int
    labels: Sequence[Labels]
    weighted: Mapping[str, Floats] = field(default_factory=dict)
    counted: Mapping[str, Floats] = field(default_factory=dict)
    histograms: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def rows(self) -> dict[tuple[tuple[str, str], ...], int]:
        """Row number by label set."""
        return {key_of(labels): number for number, labels in enumerate(self.labels)}


def key_of(labels: Labels) -> tuple[tuple[str, str], ...]:
    """A label set as a hashable key: its pairs, sorted."""
    return tuple(sorted(labels.items()))


def last_window(series: Floats, steps: int) -> Floats:
    """The sum over the last `steps` steps (axis 1)."""
    total: Floats = series[:, -steps:].sum(axis=1)
    return total


def sliding(series: Floats, steps: int) -> Floats:
    """The sum over the window that ends with each step (axis 1); shorter ones at the start."""
    upto = np.cumsum(series, axis=1)
    upto[:, steps:] -= upto[:, :-steps].copy()
    return upto


def histograms_of(
    packed: Iterable[bytes | None],
    cell_index: NDArray[np.int64],
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Adds concatenated histogram pairs (see analytics.stats.merging) to the cells of `cell_index`.

    Returns the weighted histograms, shape (*shape, BUCKETS), and the unweighted counts, `shape`.
    """
    blobs = [bytes(blob or b"") for blob in packed]
    pairs = np.frombuffer(b"".join(blobs), dtype=PAIR)
    lengths = np.array([len(blob) // PAIR.itemsize for blob in blobs], dtype=np.int64)
    buckets, counts = pairs["bucket"].astype(np.int64), pairs["count"].astype(np.float64)
    return _binned(
        np.repeat(cell_index, lengths), buckets, counts, np.repeat(weights, lengths), shape
    )


def durations_of(
    texts: Iterable[str | None],
    cell_index: NDArray[np.int64],
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """As `histograms_of`, from integer durations in ms separated by commas."""
    parsed = [[int(number) for number in entry.split(",")] if entry else [] for entry in texts]
    values = np.array([number for entry in parsed for number in entry], dtype=np.int64) * 1000
    lengths = np.array([len(entry) for entry in parsed], dtype=np.int64)
    buckets = np.clip(np.searchsorted(BOUNDS_US, values, side="right") - 1, 0, BUCKETS - 1)
    ones = np.ones(len(values))
    return _binned(
        np.repeat(cell_index, lengths), buckets, ones, np.repeat(weights, lengths), shape
    )


def _binned(
    cell_index: NDArray[np.int64],
    buckets: NDArray[np.int64],
    counts: Floats,
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    flat = cell_index * BUCKETS + np.minimum(buckets, BUCKETS - 1)
    cell_count = shape[0] * shape[1]
    weighted = np.bincount(flat, counts * weights, cell_count * BUCKETS).astype(
        np.float64, copy=False
    )
    unweighted = np.bincount(cell_index, counts, cell_count).astype(np.float64, copy=False)
    return weighted.reshape(*shape, BUCKETS), unweighted.reshape(shape)
