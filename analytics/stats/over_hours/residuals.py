"""What hours add to a ratio beyond their usual share: the residuals a bootstrap over hours draws
from; pure.

The hour is the sampling unit of a figure of a range: durations, errors and drops of an hour are
alike, whatever number of them there is. Of a ratio R = sum y / sum x an hour adds
(y - R x) / sum y to log R (linearisation, Särndal, Swensson and Wretman 1992, section 5.6). Two
things hours have in common must not count as noise, or must count more:

* the daily cycle: what an hour of the day adds in both ranges alike is taken out;
* neighbours resemble each other: with autocorrelations r_k the variance of a sum is that of
  independent hours times 1 + 2 sum (1 - k / n) r_k, up to the first k at which r_k is not positive
  (Geyer 1992, Statistical Science 7, initial positive sequence), and at least that of r_k = r_1^k,
  as few hours end the sequence by chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
HOURS_OF_DAY = 24
LONGEST_LAG = 24
ROUNDS = 5  # after which the inflation no longer moves
LARGEST_BIAS = 0.5
MOST_ALIKE = 0.98
ROUNDING = 1e-9  # relative to the ratio


@dataclass(frozen=True, slots=True)
class HourlyParts:
    """The parts of ratios, `y` and `x` (measures, hours): hours in their order, without a gap;
    where `x` is 0 nothing was measured. `hour_of_day` (hours,) from 0 to 23."""

    y: Floats
    x: Floats
    hour_of_day: Index

    @property
    def ratios(self) -> Floats:
        """sum y / sum x, (measures,); NaN without any x."""
        return divided(self.y.sum(axis=1), self.x.sum(axis=1))

    @property
    def present(self) -> Floats:
        """The number of hours in which something was measured, (measures,)."""
        number: Floats = (self.x > 0).sum(axis=1).astype(np.float64)
        return number


@dataclass(frozen=True, slots=True)
class Residuals:
    """`values` (measures, hours) add up to 0 and are relative to the ratio; `inflation` (measures,)
    is by how much more a sum of them varies than one of independent hours."""

    values: Floats
    present: Floats
    inflation: Floats

    @property
    def effective(self) -> Floats:
        """As many independent hours would make the ratio as sure, (measures,)."""
        return self.present / self.inflation


def residuals_of(own: HourlyParts, other: HourlyParts) -> tuple[Residuals, Residuals]:
    """The residuals of two ranges of the same measures."""
    raw = tuple(_influence(each) for each in (own, other))
    cycle, factor = _cycle(raw, (own, other))
    values = tuple(
        _centred((each - cycle[:, parts.hour_of_day]) * factor[:, parts.hour_of_day], parts.x > 0)
        for each, parts in zip(raw, (own, other), strict=True)
    )
    varies = np.any([each.any(axis=1) for each in values], axis=0)
    inflations = [
        np.where(varies, each, 1.0)
        for each in _inflations(_autocorrelations(values, (own, other)), (own, other))
    ]
    first, second = (
        _widened(each, parts.present, inflation)
        for each, parts, inflation in zip(values, (own, other), inflations, strict=True)
    )
    return first, second


def divided(above: Floats, below: Floats) -> Floats:
    """NaN where nothing is below."""
    value = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=value, where=below > 0)
    return value


def _influence(parts: HourlyParts) -> Floats:
    """What each hour adds to log R times the number of hours; 0 where nothing was measured."""
    total, present = parts.y.sum(axis=1), parts.present
    added = parts.y - np.nan_to_num(parts.ratios)[:, None] * parts.x
    return np.nan_to_num(divided(added * present[:, None], total[:, None] + np.zeros_like(added)))


def _cycle(raw: tuple[Floats, ...], ranges: tuple[HourlyParts, ...]) -> tuple[Floats, Floats]:
    """The mean of each hour of the day over both ranges, (measures, 24), and what undoes that it
    was taken from the hours themselves."""
    sums = np.zeros((len(raw[0]), HOURS_OF_DAY))
    n = np.zeros_like(sums)
    for each, parts in zip(raw, ranges, strict=True):
        for hour in range(HOURS_OF_DAY):
            at = parts.hour_of_day == hour
            sums[:, hour] += each[:, at].sum(axis=1)
            n[:, hour] += (parts.x[:, at] > 0).sum(axis=1)
    has_several = n > 1
    cycle = np.where(has_several, sums / np.maximum(n, 1), 0.0)
    return cycle, np.where(has_several, np.sqrt(n / np.maximum(n - 1, 1)), 1.0)


def _centred(values: Floats, is_present: NDArray[np.bool_]) -> Floats:
    mean = divided((values * is_present).sum(axis=1), is_present.sum(axis=1).astype(np.float64))
    centred: Floats = np.where(is_present, values - np.nan_to_num(mean)[:, None], 0.0)
    return np.where(np.abs(centred) > ROUNDING, centred, 0.0)


def _autocorrelations(values: tuple[Floats, ...], ranges: tuple[HourlyParts, ...]) -> Floats:
    """Of both ranges together, (measures, lags); hours without a neighbour at a lag are left
    out."""
    measures = len(values[0])
    products = np.zeros((measures, LONGEST_LAG + 1))
    pairs = np.zeros_like(products)
    for each, parts in zip(values, ranges, strict=True):
        is_present = (parts.x > 0).astype(np.float64)
        scale = np.sqrt((each**2).sum(axis=1) / np.maximum(parts.present, 1))
        unit = np.nan_to_num(divided(each, np.broadcast_to(scale[:, None], each.shape)))
        for lag in range(min(LONGEST_LAG, unit.shape[1] - 1) + 1):
            end = unit.shape[1] - lag
            products[:, lag] += (unit[:, :end] * unit[:, lag:]).sum(axis=1)
            pairs[:, lag] += (is_present[:, :end] * is_present[:, lag:]).sum(axis=1)
    return np.nan_to_num(divided(products, pairs))[:, 1:]


def _inflations(correlations: Floats, ranges: tuple[HourlyParts, ...]) -> list[Floats]:
    """Of each range. Centring takes the inflation by the hours off every correlation, so both are
    estimated in turn."""
    present = [np.maximum(parts.present, 1) for parts in ranges]
    hours: Floats = np.mean(present, axis=0)
    inflation = np.ones(len(correlations))
    for _ in range(ROUNDS):
        bias = np.minimum(inflation / hours, LARGEST_BIAS)[:, None]
        inflation = _inflation(correlations * (1 - bias) + bias, hours)
    bias = np.minimum(inflation / hours, LARGEST_BIAS)[:, None]
    return [_inflation(correlations * (1 - bias) + bias, each) for each in present]


def _inflation(correlations: Floats, hours: Floats) -> Floats:
    is_positive = np.logical_and.accumulate(correlations > 0, axis=1)
    lags = np.arange(1, LONGEST_LAG + 1)
    weight = np.maximum(1 - lags / hours[:, None], 0.0)
    first = np.clip(correlations[:, :1], 0.0, MOST_ALIKE)
    sums = [
        (weight * each).sum(axis=1)
        for each in (np.where(is_positive, correlations, 0.0), first**lags)
    ]
    inflation: Floats = 1 + 2 * np.maximum(*sums)
    return inflation


def _widened(values: Floats, present: Floats, inflation: Floats) -> Residuals:
    """Per hour, and as far apart as they were before they were centred."""
    hours = np.maximum(present, 1)
    spread = np.sqrt(1 - np.minimum(inflation / hours, LARGEST_BIAS))
    return Residuals(values / (hours * spread)[:, None], present, inflation)
