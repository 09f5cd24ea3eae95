"""95 % intervals of shares, rates and means whose sampling unit is the session; pure.

The variance of a ratio R = sum y / sum x is that of `analytics.stats.session_moments` by
linearisation. The interval is taken on the scale on which R is nearly normal (log odds of a share,
logarithms of a rate and of a mean: sums of gamma distributed amounts have a skewness of one to two
coefficients of variation, which logarithms take away from 1.5), with Student's t
(`analytics.stats.over_sessions.effective`).

`too_few` are fewer than `LEAST_EFFECTIVE` effective sessions, and bad events of so few of them that
the variance has not one degree of freedom.

Moments may be of other days than the figure: `scale` is the exposure of the figure by that of the
moments. Variance per exposure, or per event, is then that of the days; the figure is the range's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.stats.over_sessions.effective import (
    LEAST_EFFECTIVE,
    Floats,
    divided,
    effective,
    of_good,
    of_rate,
    of_ratio,
    reach_of,
)
from analytics.stats.session_moments import RatioMoments

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Figures and the ends of their intervals, arrays of one shape; NaN: not known. `too_few`:
    there is a value, and how sessions vary is known, but too few bear on it for an interval."""

    value: Floats
    low: Floats
    high: Floats
    too_few: Flags


def shares(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` (0 to 1) is the share of y in x over the range."""
    ratio = divided(moments.y, moments.x)
    spread = _relative_variance(moments)
    has_spread = (ratio > 0) & (ratio < 1) & (spread > 0)
    # So many independent trials have the variance of the sessions.
    trials = np.where(
        has_spread, divided(1 - ratio, ratio * spread), effective(moments.x, moments.xx)
    )
    low, high = _share_ends(value, trials * scale, reach_of(of_ratio(moments)))
    # Bad sessions bring most of the exposure that they are counted in, such as failed attempts:
    # without them there are more effective sessions, and it must not count that none was met.
    sessions = np.fmax(effective(moments.x, moments.xx), of_good(moments))
    return _with_ends(value, low, high, sessions * scale)


def rates(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` is y per x over the range, in the units of the moments. Where the days have no event,
    events are taken as independent."""
    usual = divided(moments.y, moments.x)
    of_days = divided(np.ones_like(usual), np.nan_to_num(_relative_variance(moments)))
    exposure, reach = moments.x * scale, reach_of(of_rate(moments))
    events = np.where(usual > 0, of_days * scale * divided(value, usual), value * exposure)
    with np.errstate(over="ignore"):
        factor = np.exp(divided(reach, np.sqrt(np.nan_to_num(events))))
    low = np.where(value > 0, value / factor, 0.0)
    high = np.where(value > 0, value * factor, divided(reach**2, exposure))
    sessions = effective(moments.x, moments.xx)
    return _with_ends(value, low, high, sessions * scale)


def means(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` is the positive mean y per x over the range, such as that of round trips."""
    spread = np.nan_to_num(_relative_variance(moments)) / np.where(scale > 0, scale, np.nan)
    with np.errstate(over="ignore"):
        factor = np.exp(reach_of(of_rate(moments)) * np.sqrt(spread))
    sessions = effective(moments.x, moments.xx)
    return _with_ends(value, value / factor, value * factor, sessions * scale)


def _share_ends(value: Floats, trials: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """The ends of a share observed in so many independent trials: on the scale of log odds, and of
    none or all Wilson's."""
    inner = np.clip(value, 1e-12, 1 - 1e-12)
    odds = inner / (1 - inner)
    with np.errstate(over="ignore", invalid="ignore"):
        factor = np.exp(divided(reach, np.sqrt(trials * inner * (1 - inner))))
        low, high = odds / (factor + odds), 1 - 1 / (1 + odds * factor)
    end = divided(reach**2, trials + reach**2)
    low = np.where(value <= 0, 0.0, np.where(value >= 1, 1 - end, low))
    high = np.where(value >= 1, 1.0, np.where(value <= 0, end, high))
    return low, high


def _relative_variance(moments: RatioMoments) -> Floats:
    """var(R) / R^2 of R = y / x; NaN without bad events."""
    ratio = divided(moments.y, moments.x)
    squares = moments.yy - 2 * ratio * moments.xy + ratio**2 * moments.xx
    spread: Floats = np.maximum(squares, 0.0) * divided(moments.sessions, moments.sessions - 1)
    return divided(spread, moments.y**2)


def _with_ends(value: Floats, low: Floats, high: Floats, sessions: Floats) -> Intervals:
    """`sessions` are the effective ones of the range."""
    is_of_moments = (sessions > 0) & ~np.isnan(value)
    is_enough = sessions >= LEAST_EFFECTIVE
    is_present = is_of_moments & is_enough & ~np.isnan(low) & ~np.isnan(high)
    return Intervals(
        value,
        np.where(is_present, np.minimum(low, value), np.nan),
        np.where(is_present, np.maximum(high, value), np.nan),
        is_of_moments & ~is_present,
    )
