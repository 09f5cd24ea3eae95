"""How often intervals hold the true figure, by figure and by the number of sessions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isnan, sqrt

import numpy as np

from analytics.reports.segments.figures import FIGURES, difference, figures_of

from .population import SESSIONS, Population, drawn
from .sample import sampled

OTHERS = 4  # times the sessions of the segment are all other people
MOST_OTHERS = 5_000
ALONE = "alone: "  # all people, whom no others tell about
BESIDE_OTHERS = "from others: "


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by (figure, sessions): rounds, those with an interval, and those of them in which the
    true figure is `under` or `over` the interval."""

    rounds: Counter[tuple[str, int]] = field(default_factory=Counter)
    intervals: Counter[tuple[str, int]] = field(default_factory=Counter)
    under: Counter[tuple[str, int]] = field(default_factory=Counter)
    over: Counter[tuple[str, int]] = field(default_factory=Counter)

    def count(self, key: tuple[str, int], low: float, high: float, truth: float) -> None:
        """One round; NaN: no interval."""
        self.rounds[key] += 1
        if not (isnan(low) or isnan(high)):
            self.intervals[key] += 1
            self.under[key] += truth < low
            self.over[key] += truth > high

    def coverage(self, key: tuple[str, int]) -> tuple[float, float]:
        """The share of the intervals that hold the truth, and its standard error; NaN of none."""
        n = self.intervals[key]
        if not n:
            return np.nan, np.nan
        share = 1 - (self.under[key] + self.over[key]) / n
        return share, sqrt(max(share * (1 - share), 1 / n) / n)


def tally_of(
    seed: int, populations: int, rounds: int, sizes: Sequence[int], sessions: int = SESSIONS
) -> Tally:
    """So many rounds of each of so many populations of `sessions`, with samples of `sizes`. Each
    figure is also compared with that of all others, who are of another population."""
    rng, tally = np.random.default_rng(seed), Tally()
    for _ in range(populations):
        own, others = drawn(rng, sessions), drawn(rng, sessions)
        for size in sizes:
            for _ in range(rounds):
                for name, *interval in _round(rng, own, others, size):
                    tally.count((name, size), *interval)
    return tally


def _round(
    rng: np.random.Generator, own: Population, others: Population, size: int
) -> Iterator[tuple[str, float, float, float]]:
    """Name, low, high and truth of each figure, among others and alone, and of each difference."""
    segment, elsewhere = (
        sampled(rng, own, size),
        sampled(rng, others, min(OTHERS * size, MOST_OTHERS)),
    )
    usual = segment.moments + elsewhere.moments
    figures, beside = figures_of(segment, usual), figures_of(elsewhere, usual)
    alone = figures_of(segment, segment.moments)
    for key in FIGURES:
        figure, distance = figures[key], difference(figures[key], beside[key])
        for name, each in ((key, figure), (ALONE + key, alone[key])):
            yield name, float(each.low[0]), float(each.high[0]), own.truth[key]
        truth = own.truth[key] - others.truth[key]
        yield BESIDE_OTHERS + key, float(distance.low[0]), float(distance.high[0]), truth
