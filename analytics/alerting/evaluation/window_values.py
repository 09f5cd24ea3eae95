"""Computes the values of a rule from sums over windows, for many windows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.formulas import Calculation, Formula
from analytics.alerting.rules.rule import Rule
from analytics.stats.intervals import wilson_bounds
from models.metrics.histogram import MIDDLE_US, quantile_buckets

from .series_matrix import Floats, SeriesMatrix, last_window, sliding

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
Bools = NDArray[np.bool_]
WindowSum = Callable[[Floats, int], Floats]


@dataclass(frozen=True, slots=True)
class WindowValues:
    """Arrays of one shape. `value` is displayed and compared with the clear threshold, `fire_value`
    with the fire threshold: of a share the bound of its 95 % Wilson interval that is less likely
    to fire. NaN: no data."""

    value: Floats
    fire_value: Floats
    n: Floats

    def verdicts(self, rule: Rule) -> tuple[Bools, Bools, Bools]:
        """(beyond the fire threshold, within the clear threshold, enough to judge)."""
        enough = (self.n >= rule.minimum_n) & ~np.isnan(self.value)
        if rule.direction == "above":
            return self.fire_value > rule.fire, self.value <= rule.clear_at, enough
        return self.fire_value < rule.fire, self.value >= rule.clear_at, enough


def latest_values(rule: Rule, formula: Formula, matrix: SeriesMatrix) -> WindowValues:
    """Each label set over the window that ends with the last step; shape (label sets,)."""
    return _window_values(rule, formula, matrix, last_window)


def values_per_step(rule: Rule, formula: Formula, matrix: SeriesMatrix) -> WindowValues:
    """Each label set over the window that ends with each step; shape (label sets, steps)."""
    return _window_values(rule, formula, matrix, sliding)


def steps_of(rule: Rule, matrix: SeriesMatrix) -> int:
    """Number of steps of the window; at least 1, where a step is longer than the window."""
    return min(max(1, rule.window_seconds // matrix.step_seconds), matrix.steps)


def _window_values(
    rule: Rule, formula: Formula, matrix: SeriesMatrix, summing: WindowSum
) -> WindowValues:
    steps = steps_of(rule, matrix)
    if formula.durations is not None:
        n = summing(matrix.counted[f"{formula.durations}_n"], steps)
        value = _quantile(summing(matrix.histograms[formula.durations], steps), formula.quantile)
        return WindowValues(value, value, n)
    numerator, n = (
        _total([summing(columns[name], steps) for name in names])
        for columns, names in (
            (matrix.weighted, formula.numerator),
            (matrix.counted, formula.n_columns),
        )
    )
    if formula.calculation is Calculation.COUNT:
        return WindowValues(numerator, numerator, n)
    denominator = _total([summing(matrix.weighted[name], steps) for name in formula.denominator])
    value = _divide(numerator, denominator)
    if formula.calculation is Calculation.SHARE:
        value = np.clip(value, 0.0, 1.0)
        low, high = wilson_bounds(value, n)
        return WindowValues(value, low if rule.direction == "above" else high, n)
    value *= {Calculation.PER_HOUR: HOUR_MS, Calculation.PER_MINUTE: MINUTE_MS}.get(
        formula.calculation, 1
    )
    return WindowValues(value, value, np.asarray(n))


def _total(sums: Sequence[Floats]) -> Floats:
    total: Floats = np.sum(sums, axis=0)
    return total


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    value = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=value, where=denominator > 0)
    return value


def _quantile(counts: Floats, quantile: float) -> Floats:
    """Quantile in ms of histograms, by nearest rank over the last axis."""
    buckets, totals = quantile_buckets(np.rint(counts).astype(np.int64), quantile)
    return np.where(totals > 0, np.round(MIDDLE_US[buckets] / 1000, 2), np.nan)
