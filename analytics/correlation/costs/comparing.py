"""The difference between dropped sessions and others of the same stratum, age and day.

Each outcome is a ratio: interactions per visible minute, minutes left per session. Others have a
mean in each cell (stratum and landmark); what exceeds it is compared day by day, where others are
weighted so that their cells are those of the dropped. So a day on which all people do less, as in
an outage, is no cost of the drops it brought. The difference is the mean of the days' differences,
weighted by the dropped of each: of those who were dropped, how otherwise they acted (ATT).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.results import Estimate
from analytics.stats.inference.day_bootstrap import day_intervals
from analytics.stats.scipy_loading import scipy_special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_OTHERS = 2  # of a cell
LEAST_PEOPLE = 30
LEAST_PEOPLE_OF_DAY = 20


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Sessions at landmarks [R]: the `value` of the outcome per unit of `base`, which weighs it;
    `cell` of stratum and landmark without gaps, `day` from 0 to before `days`."""

    value: Floats
    base: Floats
    cell: Ints
    day: Ints
    is_dropped: NDArray[np.bool]
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class DayDifference:
    """Of each day [D]: dropped people compared, the sum of their base, the mean difference and half
    of its 95 % interval, NaN where there are too few."""

    people: Ints
    base: Floats
    difference: Floats
    half: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Means of dropped and others, their difference, that as a share of the others' mean, and the
    difference of all dropped people of a day; `None` where days say too little."""

    people: int
    dropped: float
    others: float
    difference: Estimate
    relative: Estimate | None
    per_day: Estimate
    by_day: DayDifference


def compare(rows: Rows) -> Comparison | None:
    """`None` below 30 dropped people with others to compare, and where too few days have them."""
    comparable = _comparable(rows)
    people = int(comparable.is_dropped.sum())
    if people < LEAST_PEOPLE:
        return None
    by_day = _by_day(comparable)
    has = by_day.base > 0
    base, difference = by_day.base[has], by_day.difference[has]
    total = base.sum()
    mean = float(base @ difference / total)
    influence = base * (difference - mean) / total
    values = _sums(comparable, comparable.is_dropped, comparable.value * comparable.base)[has]
    dropped = float(values.sum() / total)
    estimate = _estimate(mean, influence)
    per_day = _per_day(rows, by_day, mean)
    if estimate is None or per_day is None:
        return None
    of_dropped = (values - dropped * base) / total
    return Comparison(
        people=people,
        dropped=dropped,
        others=dropped - mean,
        difference=estimate,
        relative=_relative(dropped, mean, of_dropped, influence),
        per_day=per_day,
        by_day=by_day,
    )


def _comparable(rows: Rows) -> Rows:
    """Rows with a base, in cells that have others."""
    cells = int(rows.cell.max(initial=0)) + 1
    has_base = rows.base > 0
    others = np.bincount(rows.cell[has_base & ~rows.is_dropped], minlength=cells)
    keep = has_base & (others[rows.cell] >= LEAST_OTHERS)
    return Rows(
        rows.value[keep], rows.base[keep], rows.cell[keep], rows.day[keep],
        rows.is_dropped[keep], rows.days,
    )  # fmt: skip


def _by_day(rows: Rows) -> DayDifference:
    excess, weight = _excess(rows)
    is_dropped = rows.is_dropped
    base, of_others = (_sums(rows, each, weight) for each in (is_dropped, ~is_dropped))
    mean = _sums(rows, is_dropped, weight * excess) / np.where(base > 0, base, np.nan)
    usual = _sums(rows, ~is_dropped, weight * excess) / np.where(of_others > 0, of_others, np.nan)
    difference = np.nan_to_num(mean - usual)
    base = np.where((base > 0) & (of_others > 0), base, 0.0)
    people = np.bincount(rows.day[is_dropped], minlength=rows.days)
    centre = np.where(is_dropped, mean[rows.day], usual[rows.day])
    size = np.where(is_dropped, base[rows.day], of_others[rows.day])
    squares = (weight * (excess - centre) / np.where(size > 0, size, np.inf)) ** 2
    variance = np.bincount(rows.day, weights=squares, minlength=rows.days)
    enough = (people >= LEAST_PEOPLE_OF_DAY) & (base > 0) & (variance > 0)
    quantile = scipy_special().stdtrit(np.maximum(people - 1, 1), 0.975)
    half = np.where(enough, quantile * np.sqrt(variance), np.nan)
    return DayDifference(people, base, difference, half)


def _excess(rows: Rows) -> tuple[Floats, Floats]:
    """Values less the mean of the others of the cell; and weights: others count as much as the
    dropped of their cell, and not where a cell has none."""
    others = np.where(rows.is_dropped, 0.0, rows.base)
    of_others = np.bincount(rows.cell, weights=others)
    of_others[of_others == 0] = 1.0  # a cell without rows
    of_dropped = np.bincount(rows.cell, weights=rows.base - others)
    mean = np.bincount(rows.cell, weights=others * rows.value) / of_others
    ratio = (of_dropped / of_others)[rows.cell]
    weight = np.where(rows.is_dropped, rows.base, rows.base * ratio)
    return rows.value - mean[rows.cell], weight


def _sums(rows: Rows, of: NDArray[np.bool], values: Floats) -> Floats:
    return np.asarray(
        np.bincount(rows.day[of], weights=values[of], minlength=rows.days), dtype=np.float64
    )


def _per_day(rows: Rows, by_day: DayDifference, mean: float) -> Estimate | None:
    """What all dropped people of a day did more or less, on average over all days: those without
    an equal are taken to differ as the others of their day do."""
    base = _sums(rows, rows.is_dropped, rows.base)
    totals = base * np.where(by_day.base > 0, by_day.difference, mean)
    average = float(totals.mean())
    return _estimate(average, (totals - average) / len(totals))


def _relative(
    dropped: float, difference: float, of_dropped: Floats, of_difference: Floats
) -> Estimate | None:
    others = dropped - difference
    if others <= 0:
        return None
    influence = (dropped * of_difference - difference * of_dropped) / others**2
    return _estimate(difference / others, influence)


def _estimate(value: float, influence: Floats) -> Estimate | None:
    half = float(day_intervals(np.array([value]), influence[:, np.newaxis]).half[0])
    if not np.isfinite(half):
        return None
    return Estimate(value=value, low=value - half, high=value + half)
