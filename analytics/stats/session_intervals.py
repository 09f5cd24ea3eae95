"""95 % intervals of shares, rates, means and percentiles whose sampling unit is the session; pure.

The variance of a ratio R = sum y / sum x is that of `analytics.stats.session_moments` by
linearisation. The interval is taken on the scale on which R is nearly normal (log odds of a share,
logarithm of a rate), with Student's t, since few sessions carry most of the variance: its degrees
of freedom are k = 1 / (1/kx + 1/ky), where (sum v)^2 / sum v^2 is the effective number of sessions
with exposure (kx) and with bad events (ky). In simulations of skewed sessions (1 to 500 samples,
outages, sample rates 0.1 to 1; `tests/analytics/stats/test_interval_coverage.py`) normal intervals
miss two to three times as often. Of 200 such sessions the interval of p99 still covers 80 to 90 %
only: two of them are beyond it.

Percentiles follow Woodruff (1952), Journal of the American Statistical Association 47: the interval
of the share of durations beyond the percentile, read back from the histogram. The variance of that
share is known at the boundaries of the moments; between two of them its ratio to the largest one
(every session on one side) is interpolated.

Moments may be of other days than the figure: `scale` is the exposure of the figure by that of the
moments. Variance per exposure, or per event, is then that of the days; the figure is the range's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.stats.histograms import MOST_PER_BUCKET
from analytics.stats.intervals import Z_95
from analytics.stats.session_moments import BOUNDARIES, RatioMoments, boundaries_of
from models.metrics.histogram import BOUNDS_US, BUCKETS

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
# Durations beyond a high percentile come from few sessions, and most of them from fewer: their
# variance is known as of so large a part of the effective sessions.
FREEDOM_OF_TAILS = 1 / 3
LEAST_SESSIONS = 2  # fewer have no variance
# The two-sided 95 % quantile of Student's t by its degrees of freedom.
_FREEDOM: Floats = np.array(
    [1e9, 120, 60, 40, 30, 20, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5, 1], dtype=np.float64
)
_T: Floats = np.array(
    [
        *(Z_95, 1.9799, 2.0003, 2.0211, 2.0423, 2.0860, 2.1314, 2.1788, 2.2281, 2.3060, 2.3646),
        *(2.4469, 2.5706, 2.7764, 3.1824, 3.5582, 4.3027, 5.9446, 12.7062),
    ]
)
_BOUNDS_MS: Floats = np.array(BOUNDS_US, dtype=np.float64) / 1000


@dataclass(frozen=True, slots=True)
class Intervals:
    """Figures and the ends of their intervals, arrays of one shape; NaN: not known."""

    value: Floats
    low: Floats
    high: Floats


def t_quantile(freedom: Floats) -> Floats:
    """The two-sided 95 % quantile of Student's t, within 1 % from 2 degrees of freedom on."""
    value: Floats = np.interp(1 / np.maximum(freedom, 1.0), 1 / _FREEDOM, _T)
    return value


def shares(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` (0 to 1) is the share of y in x over the range."""
    ratio = _divided(moments.y, moments.x)
    spread = _relative_variance(moments)
    has_spread = (ratio > 0) & (ratio < 1) & (spread > 0)
    of_sessions = _divided(moments.x**2, moments.xx)
    # So many independent trials have the variance of the sessions.
    trials = np.where(has_spread, _divided(1 - ratio, ratio * spread), of_sessions)
    low, high = _share_ends(value, trials * scale, _freedom(moments))
    return _present(value, low, high, moments, scale)


def rates(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` is y per x over the range, in the units of the moments. Where the days have no event,
    events are taken as independent."""
    usual = _divided(moments.y, moments.x)
    of_days = _divided(np.ones_like(usual), np.nan_to_num(_relative_variance(moments)))
    exposure = moments.x * scale
    growth = _divided(value, usual)
    events = np.where(usual > 0, of_days * scale * growth, value * exposure)
    events = events / _correction(_freedom(moments))
    t = t_quantile(_freedom(moments))
    with np.errstate(over="ignore"):
        reach = np.exp(_divided(t, np.sqrt(np.nan_to_num(events))))
    low = np.where(value > 0, value / reach, 0.0)
    high = np.where(value > 0, value * reach, _divided(t**2, exposure))
    return _present(value, low, high, moments, scale)


def means(value: Floats, moments: RatioMoments, scale: Floats) -> Intervals:
    """`value` is the positive mean y per x over the range, such as that of round trips."""
    spread = np.nan_to_num(_relative_variance(moments)) / np.where(scale > 0, scale, np.nan)
    spread = spread * _correction(_freedom(moments))
    with np.errstate(over="ignore"):
        reach = np.exp(t_quantile(_freedom(moments)) * np.sqrt(spread))
    return _present(value, value / reach, value * reach, moments, scale)


def percentiles_ms(share: float, counts: Floats, moments: Floats, scale: Floats) -> Intervals:
    """The `share` quantile in ms of `counts` (sets, BUCKETS), with `moments` (sets, SIZE) and
    `scale` (sets,). The ends are interpolated within their bucket; the value is its middle."""
    at_boundaries = boundaries_of(moments)
    beyond = np.full(len(counts), 1 - share)
    likeness, concentration = _at_share(at_boundaries, 1 - share)
    n, x, xx = (each[:, 0] for each in (at_boundaries.sessions, at_boundaries.x, at_boundaries.xx))
    trials = _divided(x**2 * np.maximum(n - 1, 0), xx * likeness * n) * scale
    effective = np.nan_to_num(_divided(xx, x**2) + concentration)
    freedom = _divided(np.full_like(x, FREEDOM_OF_TAILS), effective)
    low, high = _share_ends(beyond, trials, freedom)
    cumulative = np.cumsum(np.rint(np.minimum(counts, MOST_PER_BUCKET)), axis=-1)
    middle = _bucket_at(cumulative, 1 - beyond)
    centre: Floats = np.sqrt(_BOUNDS_MS[middle] * _BOUNDS_MS[middle + 1])
    value: Floats = np.round(centre, 2)
    value = np.where(cumulative[:, -1] > 0, value, np.nan)
    is_present = ~np.isnan(value) & (n >= LEAST_SESSIONS) & (trials > 0)
    least, most = (_quantile_at(cumulative, level) for level in (1 - high, 1 - low))
    return Intervals(
        value,
        np.where(is_present, np.minimum(least, value), np.nan),
        np.where(is_present, np.maximum(most, value), np.nan),
    )


def _share_ends(value: Floats, trials: Floats, freedom: Floats) -> tuple[Floats, Floats]:
    """The ends of a share observed in so many independent trials: on the scale of log odds, and of
    none or all Wilson's."""
    t, trials = t_quantile(freedom), trials / _correction(freedom)
    inner = np.clip(value, 1e-12, 1 - 1e-12)
    odds = inner / (1 - inner)
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.exp(_divided(t, np.sqrt(trials * inner * (1 - inner))))
        low, high = odds / (reach + odds), 1 - 1 / (1 + odds * reach)
    end = _divided(t**2, trials + t**2)
    low = np.where(value <= 0, 0.0, np.where(value >= 1, 1 - end, low))
    high = np.where(value >= 1, 1.0, np.where(value <= 0, end, high))
    return low, high


def _relative_variance(moments: RatioMoments) -> Floats:
    """var(R) / R^2 of R = y / x; NaN without bad events."""
    ratio = _divided(moments.y, moments.x)
    squares = moments.yy - 2 * ratio * moments.xy + ratio**2 * moments.xx
    spread: Floats = np.maximum(squares, 0.0) * _divided(moments.sessions, moments.sessions - 1)
    return _divided(spread, moments.y**2)


def _freedom(moments: RatioMoments) -> Floats:
    of_x, of_y = (
        np.nan_to_num(_divided(squares, total**2))
        for squares, total in ((moments.xx, moments.x), (moments.yy, moments.y))
    )
    return _divided(np.ones_like(of_x), of_x + of_y)


def _correction(freedom: Floats) -> Floats:
    """Linearisation takes the estimated ratio as the true one, which few sessions pull towards
    themselves: so much larger is the variance."""
    correction: Floats = 1 + 1 / np.maximum(np.nan_to_num(freedom, nan=1.0), 1.0)
    return correction


def _at_share(moments: RatioMoments, share: float) -> tuple[Floats, Floats]:
    """Of durations of which `share` are longer, (sets,): the variance of that share by the largest
    one, and sum y^2 / (sum y)^2. Both are interpolated between boundaries."""
    beyond = _divided(moments.y, moments.x)
    is_inner = (beyond > 0) & (beyond < 1)
    spread = moments.yy - 2 * beyond * moments.xy + beyond**2 * moments.xx
    largest = beyond * (1 - beyond) * moments.xx
    likeness = np.where(is_inner, _divided(np.maximum(spread, 0.0), largest), np.nan)
    of_all = _divided(moments.xx, moments.x**2)
    concentration = np.where(moments.y > 0, _divided(moments.yy, moments.y**2), of_all)
    last = len(BOUNDARIES) - 1
    upper: Index = (beyond > share).sum(axis=-1).clip(0, last)
    lower: Index = (upper - 1).clip(0, last)
    part = _part(beyond, lower, upper, share)
    alike = _between(likeness, lower, upper, part)
    # Where all durations lie between two boundaries, sessions may be all on one side.
    alike = np.where(alike > 0, alike, 1.0)
    return alike, np.nan_to_num(_between(concentration, lower, upper, part))


def _part(beyond: Floats, lower: Index, upper: Index, share: float) -> Floats:
    rows = np.arange(len(beyond))
    above, below = beyond[rows, lower], beyond[rows, upper]
    return np.nan_to_num(_divided(above - share, above - below)).clip(0.0, 1.0)


def _between(series: Floats, lower: Index, upper: Index, part: Floats) -> Floats:
    """Between two columns; the other where one is NaN."""
    rows = np.arange(len(series))
    first, second = series[rows, lower], series[rows, upper]
    lower_end, upper_end = (
        np.where(np.isnan(own), other, own) for own, other in ((first, second), (second, first))
    )
    value: Floats = lower_end * (1 - part) + upper_end * part
    return value


def _bucket_at(cumulative: Floats, level: Floats) -> Index:
    """The bucket of a quantile by nearest rank; `cumulative` (sets, BUCKETS), `level` (sets,)."""
    total = cumulative[:, -1]
    rank = np.clip(np.ceil(np.nan_to_num(level) * total), 1, np.maximum(total, 1))
    bucket: Index = (cumulative >= rank[:, None]).argmax(axis=-1).clip(0, BUCKETS - 1)
    return bucket


def _quantile_at(cumulative: Floats, level: Floats) -> Floats:
    """The quantile in ms, its durations evenly spread over the logarithms of their bucket."""
    bucket, rows = _bucket_at(cumulative, level), np.arange(len(cumulative))
    before = np.where(bucket > 0, cumulative[rows, bucket - 1], 0.0)
    inside = cumulative[rows, bucket] - before
    part = _divided(np.nan_to_num(level) * cumulative[:, -1] - before, inside)
    part = np.nan_to_num(part).clip(0.0, 1.0)
    quantile: Floats = _BOUNDS_MS[bucket] ** (1 - part) * _BOUNDS_MS[bucket + 1] ** part
    return quantile


def _divided(above: Floats, below: Floats) -> Floats:
    """NaN where nothing is below."""
    value = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=value, where=below > 0)
    return value


def _present(
    value: Floats, low: Floats, high: Floats, moments: RatioMoments, scale: Floats
) -> Intervals:
    """Not known where too few sessions have a variance, or there is no value."""
    is_present = (moments.sessions >= LEAST_SESSIONS) & (moments.x > 0) & (scale > 0)
    is_present &= ~np.isnan(value) & ~np.isnan(low) & ~np.isnan(high)
    return Intervals(
        value,
        np.where(is_present, np.minimum(low, value), np.nan),
        np.where(is_present, np.maximum(high, value), np.nan),
    )
