"""The run of steps in which something bad happened more often than usual; pure.

What is usual in a step is its share in the period before at the same time, drawn towards the share
over that period where the step had little of it. The run is the one with the largest sum of bad
events beyond `LEAST_RATIO` times the expected ones, so that a short calm within it does not end it.
"""

from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np

from analytics.query.arrays import Floats

LEAST_RATIO = 1.5
LEAST_Z = 5.0  # of the best of hundreds of runs and groups
LEAST_BAD = 10
MOST_GROWTH = log(10)  # more often than that is as bad


@dataclass(frozen=True, slots=True)
class Counts:
    """Per step of two periods: `bad` among `n` (events, or hours), and `reports` behind them, all
    (steps,). `clustering` is how many events come at once: the variance of `bad` per event."""

    bad: Floats
    n: Floats
    reports: Floats
    bad_before: Floats
    n_before: Floats
    clustering: float = 1.0

    def minus(self, other: "Counts") -> "Counts":
        """All but the events of `other`, a part of these."""
        return Counts(
            self.bad - other.bad, self.n - other.n, self.reports - other.reports,
            self.bad_before - other.bad_before, self.n_before - other.n_before, self.clustering,
        )  # fmt: skip

    @property
    def expected(self) -> Floats:
        """Bad events per step if all were as usual."""
        total = float(self.n_before.sum())
        if total <= 0:
            return np.zeros_like(self.n)
        usual = (float(self.bad_before.sum()) + 0.5) / total
        weight = total / len(self.n)
        return self.n * (self.bad_before + usual * weight) / (self.n_before + weight)


@dataclass(frozen=True, slots=True)
class Run:
    """Steps `first` to `last`, how often bad events were expected and came, and `reports`."""

    first: int
    last: int
    bad: float
    expected: float
    z: float
    reports: float

    @property
    def ratio(self) -> float:
        """How many times as often as usual."""
        if self.expected > 0:
            return self.bad / self.expected
        return inf if self.bad > 0 else 0.0

    @property
    def excess(self) -> float:
        """Bad events beyond the expected ones."""
        return self.bad - self.expected

    @property
    def is_unusual(self) -> bool:
        """Whether it is large and beyond chance."""
        return self.z >= LEAST_Z and self.ratio >= LEAST_RATIO and self.bad >= LEAST_BAD

    def overlaps(self, other: "Run") -> bool:
        """Whether they have a step in common."""
        return self.first <= other.last and other.first <= self.last

    def weight(self, reports: float) -> float:
        """Its size, by the part of all `reports` that it touches."""
        return min(log(self.ratio), MOST_GROWTH) * sqrt(self.reports / reports)


def worst_run(counts: Counts, least_ratio: float = LEAST_RATIO) -> Run:
    """The run with the most bad events beyond `least_ratio` times the expected ones."""
    sums = np.concatenate([[0.0], np.cumsum(counts.bad - least_ratio * counts.expected)])
    lowest = np.minimum.accumulate(sums)
    last = int(np.argmax(sums[1:] - lowest[:-1]))
    first = int(np.argmin(sums[: last + 1]))
    return run_of(counts, first, last)


def run_of(counts: Counts, first: int, last: int) -> Run:
    """The steps `first` to `last`."""
    steps = slice(first, last + 1)
    bad, expected = float(counts.bad[steps].sum()), float(counts.expected[steps].sum())
    reference = float(counts.bad_before.sum()) + 0.5
    variance = counts.clustering * (expected + expected**2 / reference)
    z = (bad - expected) / sqrt(variance) if variance > 0 else 0.0
    return Run(first, last, bad, expected, z, float(counts.reports[steps].sum()))
