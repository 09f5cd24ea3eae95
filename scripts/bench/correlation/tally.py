"""How often intervals hold the truth."""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt

from analytics.correlation.results import Estimate, Slope

FEWEST = 100


@dataclass(slots=True)
class Tally:
    """Of each figure: rounds, intervals, and those that are too low and too high."""

    rounds: Counter[str] = field(default_factory=Counter)
    intervals: Counter[str] = field(default_factory=Counter)
    under: Counter[str] = field(default_factory=Counter)
    over: Counter[str] = field(default_factory=Counter)

    def add(self, figure: str, of: Estimate | Slope | None, truth: float) -> None:
        """One interval of one round; `None` is a round without."""
        self.rounds[figure] += 1
        if of is None:
            return
        self.intervals[figure] += 1
        self.under[figure] += of.high < truth
        self.over[figure] += of.low > truth

    def coverage(self, figure: str) -> tuple[float, float]:
        """The share of the intervals that hold the truth, and its standard error."""
        n = self.intervals[figure]
        share = 1.0 - (self.under[figure] + self.over[figure]) / n
        return share, sqrt(max(share * (1.0 - share), 1e-4) / n)

    def lines(self) -> list[str]:
        """`figure   .953 ±.007 (.020 .027) 98 %`: coverage, too low and too high, with an
        interval."""
        return [f"{figure:58}{self._cell(figure)}" for figure in sorted(self.rounds)]

    def _cell(self, figure: str) -> str:
        n = self.intervals[figure]
        if not n:
            return "no interval"
        share, error = self.coverage(figure)
        sides = f"({self.under[figure] / n:.3f} {self.over[figure] / n:.3f})"
        return f"{share:.3f} ±{error:.3f} {sides} {n / self.rounds[figure]:.0%}"

    def within(self, least: float, most: float) -> tuple[int, int, int]:
        """How many figures cover less, how many more, beyond two standard errors; and all that
        have `FEWEST` intervals."""
        covered = [self.coverage(figure) for figure, n in self.intervals.items() if n >= FEWEST]
        low = sum(share + 2 * error < least for share, error in covered)
        high = sum(share - 2 * error > most for share, error in covered)
        return low, high, len(covered)
