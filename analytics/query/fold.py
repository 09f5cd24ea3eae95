"""Folds the rows of a statement to arrays; pure.

Counts of raw rows are weighted by 1/sample_rate, durations by the integer nearest to it, as in
cells, so an answer does not depend on what it was read from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.query.arrays import Arrays, Floats
from analytics.stats import histograms
from analytics.stats.histograms import Histograms
from models.metrics import weights
from models.metrics.grid import BEFORE, Grid
from models.metrics.histogram_codec import COLUMN_KINDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Index = NDArray[np.int64]
Rows = Sequence[Sequence[Any]]
EXTREMES = ("first_us", "latest_us", "peak_memory_bytes", "peak_descriptors")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of rows are: groups, sums (`with_n`: those with an n of their own), kinds of
    durations; and their steps. `has_before`: rows of step `BEFORE` count in the totals alone."""

    grid: Grid
    group_by: Sequence[str]
    sums: Sequence[str]
    durations: Sequence[str] = ()
    with_n: frozenset[str] = frozenset()
    has_before: bool = False


def arrays_of(columns: Sequence[str], rows: Rows, shape: Shape) -> Arrays:
    """The arrays of `models.queries.sums.SumRows`; without groups there is one label set, {}."""
    if not shape.has_before:
        return _arrays_of(columns, rows, shape)
    within = _arrays_of(columns, [row for row in rows if row[0] != BEFORE], shape)
    over_range = replace(shape, grid=Grid((shape.grid.start, shape.grid.end)))
    total = _arrays_of(columns, [(0, *row[1:]) for row in rows], over_range)
    return replace(within.aligned(total.labels), totals=total.sums)


def _arrays_of(columns: Sequence[str], rows: Rows, shape: Shape) -> Arrays:
    grid, group_by = shape.grid, shape.group_by
    by_name = dict(zip(columns, zip(*rows, strict=True), strict=True)) if rows else {}
    folding = _Folding(by_name, [by_name.get(f"d{n}", ()) for n in range(len(group_by))], grid)
    latest_us = max((value for value in by_name.get("latest_us", ()) if value), default=None)
    return Arrays(
        labels=[dict(zip(group_by, values, strict=True)) for values in folding.labels],
        grid=grid,
        observed=folding.n("observed"),
        sums={name: folding.sums(f"s{number}") for number, name in enumerate(shape.sums)},
        n={
            name: folding.n(f"s{number}")
            for number, name in enumerate(shape.sums)
            if name in shape.with_n
        },
        extremes={name: folding.extreme(name) for name in EXTREMES if name in columns},
        histograms={
            name: folding.histograms(f"h{number}") for number, name in enumerate(shape.durations)
        },
        latest=None if latest_us is None else instant_of(latest_us),
    )


def instant_of(micros: float) -> datetime:
    """The instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


class _Folding:
    """The columns of all rows, and the cell (label set, step) of each."""

    def __init__(
        self, by_name: Mapping[str, Sequence[Any]], groups: Sequence[Sequence[str]], grid: Grid
    ) -> None:
        self._columns = by_name
        keys = list(zip(*groups, strict=True)) if groups else [()] * len(by_name.get("i", ()))
        self.labels = list(dict.fromkeys(keys if groups else [()]))
        self._shape = (len(self.labels), grid.steps)
        numbers = {values: number for number, values in enumerate(self.labels)}
        rows = np.array([numbers[key] for key in keys], dtype=np.int64)
        self._index: Index = rows * grid.steps + np.array(by_name.get("i", ()), dtype=np.int64)
        rates = [float(rate) for rate in by_name.get("rate", ())]
        by_rate = {
            rate: (weights.count_weight(rate) / weights.PARTS, weights.duration_weight(rate))
            for rate in set(rates)
        }
        self._weights = np.array([by_rate[rate][0] for rate in rates])
        self._duration_weights = np.array([float(by_rate[rate][1]) for rate in rates])

    def sums(self, name: str) -> Floats:
        """Weighted sums; 0 without the column."""
        return self._binned(np.nan_to_num(self._floats(name)) * self._weights)

    def n(self, name: str) -> Floats:
        """The unweighted n of a sum: its own, or the sum itself."""
        amounts, own = self._floats(name), self._floats(f"{name}_n")
        return self._binned(np.nan_to_num(np.where(np.isnan(own), amounts, own)))

    def extreme(self, name: str) -> Floats:
        """The largest value of each cell, of `first_us` the smallest; NaN without any."""
        extremes = np.full(self._shape, np.nan).reshape(-1)
        (np.fmin if name == "first_us" else np.fmax).at(extremes, self._index, self._floats(name))
        return extremes.reshape(self._shape)

    def histograms(self, name: str) -> Histograms:
        """The histograms of packed pairs and of listed durations."""
        if not len(self._index):
            return Histograms.empty(self._shape)
        packed, lists = (self._columns[f"{name}{kind}"] for kind in COLUMN_KINDS[:2])
        n, sums_us = (self._floats(f"{name}{kind}") for kind in COLUMN_KINDS[2:])
        weight = self._duration_weights
        counts, counted = histograms.of_packed(packed, n, self._index, weight, self._shape)
        total_us = self._binned(np.nan_to_num(sums_us) * weight)
        if any(lists):
            more = histograms.of_lists(lists, self._index, weight, self._shape)
            counts, counted, total_us = counts + more[0], counted + more[1], total_us + more[2]
        return Histograms(counts, counted, total_us)

    def _binned(self, amounts: Floats) -> Floats:
        cells = self._shape[0] * self._shape[1]
        return np.bincount(self._index, amounts, cells).astype(np.float64).reshape(self._shape)

    def _floats(self, name: str) -> Floats:
        """The values of all rows, NaN for none."""
        values = self._columns.get(name)
        if values is None:
            return np.full(len(self._index), np.nan)
        return np.fromiter(values, dtype=np.float64, count=len(values))  # half of np.array's time
