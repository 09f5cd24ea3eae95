"""The arrays of an answer: sums, their n, and histograms per label set and step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.stats.histograms import Histograms
from analytics.stats.largest_sessions import LargestSessions
from models.metrics.grid import Grid

Floats = NDArray[np.float64]
Labels = Mapping[str, str]  # dimension: value
LabelKey = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """All arrays have the shape (label sets, steps). `sums` are weighted by 1/sample_rate, `n` are
    unweighted (a sum without an n of its own is its own n), `observed` counts the raw rows.

    `totals` (weighted, n) of shape (label sets, 1) replace the sum over steps of what does not add
    up: a session in two steps counts once. `extremes` are minima and maxima (NaN: none); `latest`
    is the newest instant of any row; `largest` what the largest sessions bring, where that was
    asked for.
    """

    labels: Sequence[Labels]
    grid: Grid
    observed: Floats
    sums: Mapping[str, Floats] = field(default_factory=dict)
    n: Mapping[str, Floats] = field(default_factory=dict)
    histograms: Mapping[str, Histograms] = field(default_factory=dict)
    totals: Mapping[str, Floats] = field(default_factory=dict)
    extremes: Mapping[str, Floats] = field(default_factory=dict)
    latest: datetime | None = None
    largest: LargestSessions | None = None

    @property
    def rows(self) -> dict[LabelKey, int]:
        """Row number by label set."""
        return {key_of(labels): number for number, labels in enumerate(self.labels)}

    def has(self, sums: Iterable[str], durations: str) -> bool:
        """Whether all of these were counted."""
        return all(name in self.sums for name in sums) and (
            not durations or durations in self.histograms
        )

    def n_of(self, name: str) -> Floats:
        """The unweighted n of a sum."""
        return self.n[name] if name in self.n else np.rint(self.sums[name])

    def over_range(self) -> "Arrays":
        """The whole range as one step."""
        sums = {name: _added(series) for name, series in self.sums.items()} | dict(self.totals)
        return replace(
            self,
            grid=Grid((self.grid.start, self.grid.end)),
            observed=_added(self.observed),
            sums=sums,
            n={name: _added(series) for name, series in self.n.items()},
            histograms={name: each.over_range() for name, each in self.histograms.items()},
        )

    def regrouped(self, belongs: Floats, grid: Grid) -> "Arrays":
        """The steps added up to those of `grid`, or left out, as the weights `belongs` (steps,
        steps of `grid`) say; without totals and extremes, which do not add up."""

        def change(series: Floats) -> Floats:
            regrouped: Floats = np.tensordot(series, belongs, axes=(1, 0))
            return np.moveaxis(regrouped, -1, 1)

        bare = replace(self, totals={}, extremes={})
        return replace(bare._mapped(self.labels, change), grid=grid)

    def added(self) -> "Arrays":
        """All label sets as one, {}; without extremes, which do not add up."""
        total = self._mapped([{}], lambda series: series.sum(axis=0, keepdims=True))
        return replace(total, extremes={})

    def joined(self, other: "Arrays") -> "Arrays":
        """With the sums, histograms and label sets of the same steps that `other` has more."""
        rows = self.rows
        more = [labels for labels in other.labels if key_of(labels) not in rows]
        labels = [*self.labels, *more]
        own, other = self.aligned(labels), other.aligned(labels)
        return replace(
            own,
            sums={**other.sums, **own.sums},
            n={**other.n, **own.n},
            histograms={**other.histograms, **own.histograms},
            totals={**other.totals, **own.totals},
        )

    def with_sums(self, **sums: Floats) -> "Arrays":
        """With further sums."""
        return replace(self, sums={**self.sums, **sums})

    def aligned(self, labels: Sequence[Labels]) -> "Arrays":
        """These label sets in this order, empty where there is none of them."""
        rows = self.rows
        index = [rows.get(key_of(each), -1) for each in labels]

        def own(series: Floats) -> Floats:
            return np.concatenate([series, np.zeros((1, *series.shape[1:]))])[index]

        return self if index == [*range(len(self.labels))] else self._mapped(labels, own)

    def select(self, rows: Sequence[int]) -> "Arrays":
        """Some label sets, in this order."""
        indexes = list(rows)
        return self._mapped([self.labels[row] for row in indexes], lambda series: series[indexes])

    def _mapped(self, labels: Sequence[Labels], change: Callable[[Floats], Floats]) -> "Arrays":
        return replace(
            self,
            labels=labels,
            observed=change(self.observed),
            sums={name: change(series) for name, series in self.sums.items()},
            n={name: change(series) for name, series in self.n.items()},
            histograms={name: each.map(change) for name, each in self.histograms.items()},
            totals={name: change(series) for name, series in self.totals.items()},
            extremes={name: change(series) for name, series in self.extremes.items()},
        )


def key_of(labels: Labels) -> LabelKey:
    """A label set as a hashable key: its pairs, sorted."""
    return tuple(sorted(labels.items()))


def _added(series: Floats) -> Floats:
    total: Floats = series.sum(axis=1, keepdims=True)
    return total
