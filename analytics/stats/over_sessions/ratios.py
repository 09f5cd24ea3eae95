"""95 % intervals of shares, rates and means whose sampling unit is the session; pure.

The variance of a ratio R = sum y / sum x is that of `analytics.stats.session_moments` by
linearisation. What is bad comes from few sessions, often large ones: a segment that happens to lack
them has too small a ratio and too small a variance at once. So how alike the events of one session
are, which is the variance per that of the exposures, is half taken from the segment and half from
all people (a generalised variance function: Wolter 2007, Introduction to Variance Estimation,
chapter 7). With its own alone, 95 % intervals of error rates hold 86 to 92 %: see `shares_of_few`.

The interval is taken on the scale on which R is nearly normal (log odds of a share,
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
    filled,
    of_good,
    of_rate,
    of_ratio,
    reach_of,
)
from analytics.stats.session_moments import RatioMoments

Flags = NDArray[np.bool_]
SKEW = 2.0  # chosen by the population of scripts.bench.coverage: at 0 they hold 86 to 92 % there


@dataclass(frozen=True, slots=True)
class Intervals:
    """Figures and the ends of their intervals, arrays of one shape; NaN: not known. `too_few`:
    there is a value, and how sessions vary is known, but too few bear on it for an interval."""

    value: Floats
    low: Floats
    high: Floats
    too_few: Flags


def shares(value: Floats, moments: RatioMoments, usual: RatioMoments, scale: Floats) -> Intervals:
    """`value` (0 to 1) is the share of y in x over the range; `usual` are the moments of all
    people."""
    return _shares(value, moments, usual, scale, np.zeros_like(value))


def shares_of_few(
    value: Floats, moments: RatioMoments, usual: RatioMoments, scale: Floats
) -> Intervals:
    """The same of events of which few sessions make most, such as message errors: their sum is more
    skewed than that of gamma distributed amounts. Other people tell of those sessions that a
    segment did not meet, so the upper end moves out by as much as `usual` is the segment itself."""
    return _shares(value, moments, usual, scale, SKEW * _alone(moments, usual))


def _shares(
    value: Floats, moments: RatioMoments, usual: RatioMoments, scale: Floats, skew: Floats
) -> Intervals:
    likeness = _usually(_likeness_of_share(moments), _likeness_of_share(usual))
    # So many independent trials have the variance of the sessions.
    trials = divided(_sessions(moments), filled(likeness, nan=1.0))
    low, high = _share_ends(value, trials * scale, reach_of(of_ratio(moments)), skew)
    # Bad sessions bring most of the exposure that they are counted in, such as failed attempts:
    # without them there are more effective sessions, and it must not count that none was met.
    sessions = np.fmax(effective(moments.x, moments.xx), of_good(moments))
    return _with_ends(value, low, high, sessions * scale)


def rates(value: Floats, moments: RatioMoments, usual: RatioMoments, scale: Floats) -> Intervals:
    """`value` is y per x over the range, in the units of the moments; `usual` are those of all
    people. Where the days have no event, events are taken as independent."""
    of_days = divided(moments.y, moments.x)
    certainty = divided(np.ones_like(of_days), filled(_relative_variance(moments, usual)))
    exposure, reach = moments.x * scale, reach_of(of_rate(moments))
    events = np.where(of_days > 0, certainty * scale * divided(value, of_days), value * exposure)
    with np.errstate(over="ignore"):
        factor = np.exp(divided(reach, np.sqrt(filled(events))))
    low = np.where(value > 0, value / factor, 0.0)
    high = np.where(value > 0, value * factor, divided(reach**2, exposure))
    sessions = effective(moments.x, moments.xx)
    return _with_ends(value, low, high, sessions * scale)


def means(value: Floats, moments: RatioMoments, usual: RatioMoments, scale: Floats) -> Intervals:
    """`value` is the positive mean y per x over the range, such as that of round trips; `usual` are
    the moments of all people. Few sessions are slow: as in `shares_of_few` the upper end moves out
    by as much as no other people tell of them."""
    spread = filled(_relative_variance(moments, usual)) / np.where(scale > 0, scale, np.nan)
    deviation = np.sqrt(spread)
    exponent = reach_of(of_rate(moments)) * deviation
    with np.errstate(over="ignore"):
        low = value / np.exp(exponent)
        high = value * np.exp(exponent * (1 + SKEW * _alone(moments, usual) * deviation))
    sessions = effective(moments.x, moments.xx)
    return _with_ends(value, low, high, sessions * scale)


def _share_ends(
    value: Floats, trials: Floats, reach: Floats, skew: Floats
) -> tuple[Floats, Floats]:
    """The ends of a share observed in so many independent trials: on the scale of log odds, and of
    none or all Wilson's. The upper end is further by `skew` deviations for each of that scale."""
    inner = np.clip(value, 1e-12, 1 - 1e-12)
    odds = inner / (1 - inner)
    with np.errstate(over="ignore", invalid="ignore"):
        root = np.sqrt(trials * inner * (1 - inner))  # one by the deviation
        exponent = divided(reach, root)
        longer = exponent * (1 + skew * divided(np.ones_like(root), root))
        low, high = odds / (np.exp(exponent) + odds), 1 - 1 / (1 + odds * np.exp(longer))
    end = divided(reach**2, trials + reach**2)
    low = np.where(value <= 0, 0.0, np.where(value >= 1, 1 - end, low))
    high = np.where(value >= 1, 1.0, np.where(value <= 0, end, high))
    return low, high


def _alone(moments: RatioMoments, usual: RatioMoments) -> Floats:
    """How much of the exposure of all people is the segment's own, from 0 to 1."""
    return filled(divided(moments.x, usual.x), nan=1.0).clip(0.0, 1.0)


def _relative_variance(moments: RatioMoments, usual: RatioMoments) -> Floats:
    """var(R) / R^2 of R = y / x; NaN without bad events."""
    likeness = _usually(*(_likeness(each, _ratio(each) ** 2) for each in (moments, usual)))
    return divided(likeness, _sessions(moments))


def _likeness_of_share(moments: RatioMoments) -> Floats:
    """1 where each session has all bad or none; NaN where all sessions have, or none."""
    ratio = _ratio(moments)
    is_inner = (ratio > 0) & (ratio < 1)
    return np.where(is_inner, _likeness(moments, ratio * (1 - ratio)), np.nan)


def _likeness(moments: RatioMoments, unit: Floats) -> Floats:
    """The variance of R by `unit`, per that of exposures; NaN without bad events."""
    ratio = _ratio(moments)
    squares = moments.yy - 2 * ratio * moments.xy + ratio**2 * moments.xx
    likeness = divided(np.maximum(squares, 0.0), filled(unit) * moments.xx)
    return np.where(likeness > 0, likeness, np.nan)


def _usually(own: Floats, usual: Floats) -> Floats:
    """Half of both; the own where the other is not known, and NaN where it is not."""
    return np.where(np.isnan(usual), own, (own + usual) / 2)


def _sessions(moments: RatioMoments) -> Floats:
    """The effective ones by exposure, less what estimating the ratio takes."""
    part = divided(np.maximum(moments.sessions - 1, 0.0), moments.sessions)
    sessions: Floats = effective(moments.x, moments.xx) * part
    return sessions


def _ratio(moments: RatioMoments) -> Floats:
    return divided(moments.y, moments.x)


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
