"""How a metric is computed from sums, for many label sets and steps at once; pure.

Percentiles, shares and rates are computed last, from sums, so nothing is an average of averages.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.stats.histograms import Histograms
from analytics.stats.intervals import wilson_bounds

SESSIONS = frozenset({"sessions", "calm_sessions"})
ACTIVE = "active_sessions"  # by their last report: only windows that end now have them
STATES = frozenset({"without_connection", "silent_sessions"})
Adding = Callable[[Floats], Floats]


class Calculation(StrEnum):
    """How sums become one value."""

    COUNT = "count"
    SHARE = "share"  # numerator / denominator within [0, 1], with its interval
    RATE = "rate"  # numerator / exposure x per
    MEAN = "mean"  # sum / number of values, or of a level value x ms / ms
    QUANTILE = "quantile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """`numerator` and `denominator` are sums to add up, `durations` a kind of histograms. `n` are
    the sums whose unweighted total is n; without any of `counted_by` nothing was counted, which is
    not 0. `label`, `unit` and `noun` (of n) are for people."""

    calculation: Calculation
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    n: tuple[str, ...] = ()
    counted_by: str = ""
    durations: str = ""
    quantile: float = 0.0
    per: float = 1.0
    label: str = ""
    unit: str = ""
    noun: str = ""

    @property
    def counts_sessions(self) -> bool:
        """Whether it counts sessions, which do not add up over steps."""
        return bool(SESSIONS & {*self.numerator, *self.denominator})

    @property
    def sums(self) -> frozenset[str]:
        """All sums it needs."""
        of_reports = (self.counted_by,) if self.counted_by else ()
        return frozenset((*self.numerator, *self.denominator, *self.n, *of_reports))


def sums_of(names: Iterable[str]) -> tuple[Formula, ...]:
    """The sums of these names as they are."""
    return tuple(Formula(calculation=Calculation.COUNT, numerator=(name,)) for name in names)


def quantiles_of(durations: Iterable[str]) -> tuple[Formula, ...]:
    """The histograms of these kinds of durations."""
    return tuple(Formula(calculation=Calculation.QUANTILE, durations=name) for name in durations)


@dataclass(frozen=True, slots=True)
class Values:
    """Arrays of one shape (label sets, steps). NaN: no data. `low` and `high` are the 95 % Wilson
    interval of a share, of all else the value itself."""

    value: Floats
    n: Floats
    low: Floats
    high: Floats


def values(formula: Formula, arrays: Arrays, adding: Adding = lambda series: series) -> Values:
    """The values of a formula. `adding` is applied to each sum first (axis 1 are the steps), as a
    sliding window does."""
    if not arrays.has(formula.sums, formula.durations):
        return _nothing(arrays)
    if formula.calculation is Calculation.QUANTILE:
        histograms = arrays.histograms[formula.durations]
        added = Histograms(adding(histograms.counts), adding(histograms.n), histograms.sums_us)
        (value,) = added.quantiles_ms(formula.quantile)
        return Values(value, added.n, value, value)
    n = _total([adding(arrays.n_of(name)) for name in formula.n])
    numerator, denominator = (
        _total([adding(arrays.sums[name]) for name in names])
        for names in (formula.numerator, formula.denominator)
    )
    if formula.counted_by:
        counted = adding(arrays.n_of(formula.counted_by)) > 0
        numerator = np.where(counted, numerator, np.nan)
    if formula.calculation is Calculation.COUNT:
        return Values(numerator, n, numerator, numerator)
    value = _divide(numerator, denominator)
    if formula.calculation is Calculation.SHARE:
        value = np.clip(value, 0.0, 1.0)
        low, high = wilson_bounds(value, n)
        return Values(value, n, low, high)
    value = value * formula.per
    return Values(value, n, value, value)


def _nothing(arrays: Arrays) -> Values:
    missing = np.full(arrays.observed.shape, np.nan)
    return Values(missing, np.zeros_like(missing), missing, missing)


def _total(sums: Sequence[Floats]) -> Floats:
    total: Floats = np.sum(sums, axis=0) if sums else np.zeros(0)
    return total


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    value = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=value, where=denominator > 0)
    return value
