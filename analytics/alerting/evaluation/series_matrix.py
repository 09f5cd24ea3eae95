"""What was measured per label set and step of time, and sums of it over sliding windows.

A window of k steps that ends with step i holds the steps i-k+1 .. i. Counts are weighted by
1/sample_rate, n is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.labels import Labels
from analytics.stats.merging import PAIR
from models.metrics.histogram import BOUNDS_US, BUCKETS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SeriesMatrix:
    """Steps of `step_seconds` from `start` on. Sums have the shape (label sets, steps), histograms
    (label sets, steps, BUCKETS); `counted` are the sums without weights."""

    start: datetime
    step_seconds: int
    steps: int
    labels: Sequence[Labels]
    weighted: Mapping[str, Floats] = field(default_factory=dict)
    counted: Mapping[str, Floats] = field(default_factory=dict)
    histograms: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def places(self) -> dict[tuple[tuple[str, str], ...], int]:
        """Each label set's row."""
        return {key_of(labels): place for place, labels in enumerate(self.labels)}


def key_of(labels: Labels) -> tuple[tuple[str, str], ...]:
    """A label set as something that can be looked up."""
    return tuple(sorted(labels.items()))


def last_window(series: Floats, steps: int) -> Floats:
    """The sum over the last `steps` steps (axis 1)."""
    whole: Floats = series[:, -steps:].sum(axis=1)
    return whole


def sliding(series: Floats, steps: int) -> Floats:
    """The sum over the window that ends with each step (axis 1); shorter ones at the start."""
    upto = np.cumsum(series, axis=1)
    upto[:, steps:] -= upto[:, :-steps].copy()
    return upto


def histograms_of(
    packed: Iterable[bytes | None],
    places: NDArray[np.int64],
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Glued pairs (see analytics.stats.merging), each added to the cell at its place; weighted, and
    how many there are without weights."""
    glued = [bytes(one or b"") for one in packed]
    pairs = np.frombuffer(b"".join(glued), dtype=PAIR)
    lengths = np.array([len(one) // PAIR.itemsize for one in glued], dtype=np.int64)
    buckets, counts = pairs["bucket"].astype(np.int64), pairs["count"].astype(np.float64)
    return _binned(np.repeat(places, lengths), buckets, counts, np.repeat(weights, lengths), shape)


def durations_of(
    texts: Iterable[str | None],
    places: NDArray[np.int64],
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Whole durations in ms, written with commas; else as `histograms_of`."""
    split = [[int(number) for number in one.split(",")] if one else [] for one in texts]
    values = np.array([number for one in split for number in one], dtype=np.int64) * 1000
    lengths = np.array([len(one) for one in split], dtype=np.int64)
    buckets = np.clip(np.searchsorted(BOUNDS_US, values, side="right") - 1, 0, BUCKETS - 1)
    once = np.ones(len(values))
    return _binned(np.repeat(places, lengths), buckets, once, np.repeat(weights, lengths), shape)


def _binned(
    places: NDArray[np.int64],
    buckets: NDArray[np.int64],
    counts: Floats,
    weights: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    flat = places * BUCKETS + np.minimum(buckets, BUCKETS - 1)
    cells = shape[0] * shape[1]
    weighted = np.bincount(flat, counts * weights, cells * BUCKETS).astype(np.float64, copy=False)
    single = np.bincount(places, counts, cells).astype(np.float64, copy=False)
    return weighted.reshape(*shape, BUCKETS), single.reshape(shape)
