"""Whether connections are spread over workers as by chance, and what the balancer seems to do;
pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from analytics.stats.scipy_loading import scipy_special

FAIR_FROM = 0.05  # p: below, equal shares are unlikely
TOO_EVEN_FROM = 0.99  # p: above, hardly by chance
LEAST_EXPECTED = 5  # connections a worker, below which the test says nothing
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Spread:
    """`p` of Pearson's chi-squared test against equal shares, `None` where there are too few
    connections or one worker; chance gives each `low` to `high` in 95 of 100 cases."""

    p: float | None
    low: int | None
    high: int | None
    balancing: str

    @property
    def is_fair(self) -> bool:
        """Whether chance explains it, or it is more even than that."""
        return self.p is None or self.p >= FAIR_FROM


def spread_of(counts: Sequence[int]) -> Spread:
    """The spread of connections by worker."""
    n, workers = sum(counts), len(counts)
    if workers < 2 or n == 0:
        return Spread(None, None, None, "One worker takes all connections: there is no other.")
    expected = n / workers
    half = Z_95 * sqrt(expected * (1 - 1 / workers))
    low, high = max(0, round(expected - half)), min(n, round(expected + half))
    if expected < LEAST_EXPECTED:
        few = f"Too few connections for {workers} workers: open at least {5 * workers}."
        return Spread(None, low, high, few)
    statistic = sum((count - expected) ** 2 for count in counts) / expected
    p = float(scipy_special().chdtrc(workers - 1, statistic))
    return Spread(p, low, high, _balancing(counts, p))


def _balancing(counts: Sequence[int], p: float) -> str:
    busiest, n = max(counts), sum(counts)
    if busiest == n:
        return "All landed on one worker: a balancer that sticks to an address, or one that sleeps."
    if min(counts) == 0:
        return (
            "Some workers took none: a balancer that sticks to an address, or they are not in it."
        )
    if p > TOO_EVEN_FROM:
        return "More even than chance: one after the other (round robin), or the least busy one."
    if p >= FAIR_FROM:
        return "As even as chance: each connection goes to any worker."
    return "Uneven: whichever worker wakes first takes the next, or workers have different weights."
