"""Compares a range with a baseline, measure by measure; pure.

Shares over sessions (connect success, stability, message error rate) have the interval of Newcombe
(1998, method 10) of the intervals that sessions give; all else that of a bootstrap over hours. What
is real was found by Benjamini and Hochberg (1995): of the measures called so, at most one in twenty
is expected to be chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, isnan, log, nan, sqrt

import numpy as np

from analytics.baselines import common_hours, session_shares
from analytics.baselines.measures import Measure
from analytics.baselines.reading import HourlyFigures
from analytics.query import formula as formulas
from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Calculation
from analytics.stats.comparison import FigureChange
from analytics.stats.inference.false_discovery import adjusted_p
from analytics.stats.over_hours.differences import (
    HourlyDifferences,
    quantile_differences,
    ratio_differences,
)
from analytics.stats.over_hours.residuals import HourlyParts
from analytics.stats.verdict import MUCH, Verdict, verdict_of

LEVEL = 0.05  # of false discoveries
NO_COMMON_HOUR = "The range and the baseline share no hour of the day."
NOT_IN_BASELINE = "It was not counted when the baseline was saved."
NOTHING_NOW = "Nothing was measured in the range."
NOTHING_BEFORE = "Nothing was measured in the baseline."
TOO_FEW = "Too few independent hours, or too few values."
TOO_FEW_SESSIONS = "Too few sessions bear on it."


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDifference:
    """A measure of the range (`value`) and of the baseline (`before`) in its unit, the first
    minus the second with its 95 % interval, and where hours were resampled the interval of the
    `change`, relative to the baseline. `p` is that of chance by itself, `is_real` says that
    chance does not explain it among all measures. `method`: what was resampled, hours or
    sessions. `reason` says why there is no interval."""

    measure: Measure
    value: float | None
    before: float | None
    n: int
    n_before: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    p: float | None = None
    is_real: bool = False
    method: str = ""
    reason: str = ""

    @property
    def change(self) -> float | None:
        """The difference relative to the baseline; `None` of 0."""
        if self.difference is None or not self.before:
            return None
        return self.difference / self.before

    @property
    def verdict(self) -> Verdict | None:
        """What a real difference means; `None`: it is none."""
        if self.difference is None or self.value is None or self.before is None:
            return None
        growth = _growth(self.measure, self.value, self.before)
        change = FigureChange(self.difference, self.is_real, growth)
        return verdict_of(change, self.measure.worse)


@dataclass(frozen=True, slots=True)
class HourInterval:
    """The interval of a difference by hours, and of the change; NaN: too few, of a share that was
    turned round no change. `deviate` is the difference in its standard errors."""

    low: float
    high: float
    change_low: float
    change_high: float
    deviate: float

    def with_changes(self, row: MeasureDifference) -> MeasureDifference:
        """The row with the interval of its change, where there is one."""
        if row.measure.is_share or isnan(self.change_low) or not row.before:
            return row
        change = row.change or 0.0
        return replace(
            row, change_low=min(self.change_low, change), change_high=max(self.change_high, change)
        )


def differences(
    measures: Sequence[Measure], own: HourlyFigures, baseline: HourlyFigures
) -> list[MeasureDifference]:
    """Every measure, over the hours of the day that both have."""
    hours = common_hours.common_hours(own, baseline)
    own, baseline = (common_hours.within_hours(each, hours) for each in (own, baseline))
    totals = own.arrays.over_range(), baseline.arrays.over_range()
    rows = [_values(measure, *totals) for measure in measures]
    by_hours = _by_hours([row.measure for row in rows if not row.reason], own, baseline)
    compared = [row if row.reason else _compared(row, own, baseline, by_hours) for row in rows]
    p_values = np.array([np.nan if row.p is None else row.p for row in compared])
    is_real = adjusted_p(p_values) <= LEVEL
    return [replace(row, is_real=bool(real)) for row, real in zip(compared, is_real, strict=True)]


def _values(measure: Measure, own: Arrays, baseline: Arrays) -> MeasureDifference:
    (value, n), (before, n_before) = (_value(measure, each) for each in (own, baseline))
    reason = ""
    if not baseline.has(measure.formula.sums, measure.formula.durations):
        reason = NOT_IN_BASELINE
    elif before is None:
        reason = NOTHING_BEFORE
    elif value is None:
        reason = NOTHING_NOW
    difference = None if value is None or before is None else value - before
    return MeasureDifference(
        measure=measure, value=value, before=before, n=n, n_before=n_before,
        difference=difference, reason=reason,
    )  # fmt: skip


def _value(measure: Measure, of_range: Arrays) -> tuple[float | None, int]:
    values = formulas.values(measure.formula, of_range)
    value, n = float(values.value[0, 0]), float(values.n[0, 0])
    return (None if isnan(value) else value), round(n)


def _compared(
    row: MeasureDifference,
    own: HourlyFigures,
    baseline: HourlyFigures,
    by_hours: Mapping[Measure, HourInterval],
) -> MeasureDifference:
    of_sessions = None
    if row.measure.is_share and row.measure.source == "client":
        of_sessions = session_shares.share_difference(row.measure.metric, own, baseline)
    if of_sessions is None:
        interval = by_hours[row.measure]
        low, high, deviate = interval.low, interval.high, interval.deviate
        row = interval.with_changes(row)
        method, reason = "hours", TOO_FEW
    else:
        between, deviates = of_sessions
        low, high, deviate = (float(each[0]) for each in (between.low, between.high, deviates))
        method, reason = "sessions", TOO_FEW_SESSIONS
    if isnan(low) or isnan(high) or isnan(deviate) or row.difference is None:
        return replace(row, reason=reason)
    return replace(
        row, low=min(low, row.difference), high=max(high, row.difference), method=method,
        p=erfc(abs(deviate) / sqrt(2)),
    )  # fmt: skip


def _by_hours(
    measures: Sequence[Measure], own: HourlyFigures, baseline: HourlyFigures
) -> dict[Measure, HourInterval]:
    """The interval of each measure by its hours."""
    of_ratios = [each for each in measures if each.formula.calculation is not Calculation.QUANTILE]
    results = _of_ratios(of_ratios, own, baseline) if of_ratios else {}
    hours = own.hours_of_day, baseline.hours_of_day
    for measure in measures:
        if measure not in results:
            first, second = (
                each.arrays.histograms[measure.formula.durations].counts[0]
                for each in (own, baseline)
            )
            each = quantile_differences(measure.formula.quantile, first, second, hours)
            results[measure] = _interval(each, 0, 1.0)
    return results


def _of_ratios(
    measures: Sequence[Measure], own: HourlyFigures, baseline: HourlyFigures
) -> dict[Measure, HourInterval]:
    """Of a share above one half the remainder is compared: it is what varies."""
    parts = [_parts(measures, each) for each in (own, baseline)]
    is_turned = np.array([each.is_share for each in measures]) & (parts[1].ratios > 0.5)
    first, second = (
        replace(each, y=np.where(is_turned[:, None], np.maximum(each.x - each.y, 0), each.y))
        for each in parts
    )
    between = ratio_differences(first, second)
    return {
        measure: _interval(between, number, measure.formula.per, is_turned=bool(is_turned[number]))
        for number, measure in enumerate(measures)
    }


def _parts(measures: Sequence[Measure], figures: HourlyFigures) -> HourlyParts:
    sums = figures.arrays.sums
    y = np.stack([_added(sums, measure.formula.numerator) for measure in measures])
    x = np.stack([_added(sums, measure.formula.denominator) for measure in measures])
    return HourlyParts(np.maximum(y, 0.0), np.maximum(x, 0.0), figures.hours_of_day)


def _added(sums: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    total: Floats = np.sum([sums[name][0] for name in names], axis=0)
    return total


def _interval(
    between: HourlyDifferences, number: int, per: float, *, is_turned: bool = False
) -> HourInterval:
    low, high, change_low, change_high, deviate = (
        float(each[number])
        for each in (
            between.low, between.high, between.change_low, between.change_high, between.deviate,
        )
    )  # fmt: skip
    if is_turned:
        return HourInterval(-high * per, -low * per, nan, nan, -deviate)
    return HourInterval(low * per, high * per, change_low, change_high, deviate)


def _growth(measure: Measure, value: float, before: float) -> float:
    """The logarithm of the ratio, of shares of the odds ratio; from or to 0 it is large."""
    pair = [value, before]
    if measure.is_share:
        pair = [each / (1 - each) if each < 1 else 0.0 for each in pair]
    if min(pair) <= 0:
        return MUCH if value > before else -MUCH
    return log(pair[0] / pair[1])
