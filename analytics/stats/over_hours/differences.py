"""The difference of a figure between two ranges by a bootstrap over their hours; pure.

The interval is that of the differences of independent draws of both ranges, its p-value that of the
difference of logarithms by the normal distribution.
"""

from dataclasses import dataclass

import numpy as np

from analytics.stats.over_hours.resampling import (
    EVENTS_OF_NONE,
    Draws,
    drawn_quantiles,
    drawn_ratios,
    draws_of,
)
from analytics.stats.over_hours.residuals import (
    Floats,
    HourlyParts,
    Index,
    divided,
    residuals_of,
)
from models.metrics.histogram import BOUNDS_US

LEAST_HOURS = 6  # with data, in each range
LEAST_EFFECTIVE = 3.0  # hours: then Student's t has two degrees of freedom
RULE_OF_THREE = 3  # see `analytics.stats.over_sessions.percentiles`
ENDS = (0.025, 0.975)
_BOUNDS_MS: Floats = np.array(BOUNDS_US, dtype=np.float64) / 1000


@dataclass(frozen=True, slots=True)
class HourlyDifferences:
    """Of each measure (measures,): the ends of the 95 % interval of the first range minus the
    second; those of the first by the second, less 1; `deviate`, the difference of the logarithms in
    its standard errors. NaN: too few hours or values in one of them."""

    low: Floats
    high: Floats
    change_low: Floats
    change_high: Floats
    deviate: Floats


def ratio_differences(own: HourlyParts, other: HourlyParts) -> HourlyDifferences:
    """Of sum y / sum x, y and x not negative; a range without any y counts as half an event."""
    residuals = residuals_of(own, other)
    drawn = [draws_of(each, number) for number, each in enumerate(residuals)]
    y, x = ([each.sum(axis=1) for each in pair] for pair in ((own.y, other.y), (own.x, other.x)))
    first, second = (
        drawn_ratios(draws, *totals) for draws, *totals in zip(drawn, y, x, strict=True)
    )
    ends = _ends(first, second)
    both = [np.where(total > 0, total, EVENTS_OF_NONE) for total in y]
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log(both[0] / x[0]) - np.log(both[1] / x[1])
    variance = sum(
        np.where(total > 0, draws.variance, 1 / EVENTS_OF_NONE)
        for draws, total in zip(drawn, y, strict=True)
    )
    is_enough = np.ones(len(growth), dtype=np.bool_)
    for each in residuals:
        is_enough &= (each.present >= LEAST_HOURS) & (each.effective >= LEAST_EFFECTIVE)
    has_any = (y[0] > 0) | (y[1] > 0)
    deviate = _deviate(np.where(has_any, growth, 0.0), np.sqrt(variance))
    return HourlyDifferences(
        *(np.where(is_enough & has_any, each, np.nan) for each in (*ends, deviate))
    )


def quantile_differences(
    share: float, own: Floats, other: Floats, hours_of_day: tuple[Index, Index]
) -> HourlyDifferences:
    """Of the `share` quantile in ms of counts per hour (hours, BUCKETS), each as one measure."""
    parts = [
        _beyond(share, counts, hours)
        for counts, hours in zip((own, other), hours_of_day, strict=True)
    ]
    residuals = residuals_of(*parts)
    drawn = [draws_of(each, number) for number, each in enumerate(residuals)]
    n = [float(each.x.sum()) for each in parts]
    is_enough = min(n) * (1 - share) >= RULE_OF_THREE and all(
        each.present[0] >= LEAST_HOURS and each.effective[0] >= LEAST_EFFECTIVE
        for each in residuals
    )
    if not is_enough:
        return HourlyDifferences(*(np.full(1, np.nan) for _ in range(5)))
    first, second = (
        _quantiles(draws, share, counts) for draws, counts in zip(drawn, (own, other), strict=True)
    )
    ends = _ends(first[:, None], second[:, None])
    growth = np.log(_quantile(share, own)) - np.log(_quantile(share, other))
    spread = np.hypot(np.log(first).std(), np.log(second).std())
    deviate = _deviate(np.array([growth]), np.array([spread]))
    return HourlyDifferences(*ends, deviate)


def _ends(first: Floats, second: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The ends of differences, and of relative changes, of draws (draws, measures)."""
    low, high = np.quantile(first - second, ENDS, axis=0)
    change_low, change_high = np.quantile(divided(first, second), ENDS, axis=0) - 1
    return low, high, change_low, change_high


def _deviate(growth: Floats, spread: Floats) -> Floats:
    """Of what does not differ at all it is 0: a range is compared with itself."""
    return np.where(growth == 0, 0.0, divided(growth, spread))


def _beyond(share: float, counts: Floats, hour_of_day: Index) -> HourlyParts:
    """The values of each hour from the bucket edge on that divides them most nearly at `share`."""
    cumulative = np.cumsum(counts.sum(axis=0))
    edge = int(np.abs(cumulative - share * cumulative[-1]).argmin()) + 1
    above = counts[:, edge:].sum(axis=1)[None]
    return HourlyParts(above, counts.sum(axis=1)[None], hour_of_day)


def _quantiles(draws: Draws, share: float, counts: Floats) -> Floats:
    return drawn_quantiles(draws.log_changes[:, 0], share, counts.sum(axis=0), _BOUNDS_MS)


def _quantile(share: float, counts: Floats) -> float:
    return float(drawn_quantiles(np.zeros(1), share, counts.sum(axis=0), _BOUNDS_MS)[0])
