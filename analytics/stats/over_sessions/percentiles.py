"""95 % intervals of percentiles whose sampling unit is the session; pure.

Woodruff (1952), Journal of the American Statistical Association 47: the interval of the share of
durations beyond the percentile, read back from the histogram. The share is the hypothesis, so its
acceptance region is taken as it is, without a scale: the ends are then as far apart as the skewed
tail asks for. The variance of the share is known at the boundaries of the moments; between two of
them its ratio to the largest one (every session on one side) is interpolated.

An interval needs `RULE_OF_THREE` / q effective sessions, q being the share beyond the percentile:
where durations beyond come from a share q of the sessions, fewer meet none of these more often than
once in twenty times (Hanley and Lippman-Hand 1983, JAMA 249), and no sample tells that it lacks
them. And its region must end before none, or all, are beyond. Else the sessions are too few.
"""

import numpy as np

from analytics.stats.histograms import MOST_PER_BUCKET, Index
from analytics.stats.over_sessions.effective import (
    LEAST_EFFECTIVE,
    Floats,
    divided,
    effective,
    filled,
    freedom,
    of_good,
    reach_of,
)
from analytics.stats.over_sessions.ratios import Intervals
from analytics.stats.session_moments import BOUNDARIES, RatioMoments, boundaries_of
from models.metrics.histogram import BOUNDS_US, BUCKETS

RULE_OF_THREE = 3
_BOUNDS_MS: Floats = np.array(BOUNDS_US, dtype=np.float64) / 1000


def percentiles_ms(share: float, counts: Floats, moments: Floats, scale: Floats) -> Intervals:
    """The `share` quantile in ms of `counts` (sets, BUCKETS), with `moments` (sets, SIZE) and
    `scale` (sets,). The ends are interpolated within their bucket; the value is its middle."""
    cumulative = np.cumsum(np.rint(np.minimum(counts, MOST_PER_BUCKET)), axis=-1)
    middle = _bucket_at(cumulative, np.full(len(counts), share))
    centre: Floats = np.sqrt(_BOUNDS_MS[middle] * _BOUNDS_MS[middle + 1])
    value = np.where(cumulative[:, -1] > 0, np.round(centre, 2), np.nan)
    reach, of_exposure = _reach(boundaries_of(moments), 1 - share, scale)
    is_of_moments = ~np.isnan(value) & (of_exposure > 0) & (scale > 0)
    tail = min(share, 1 - share)
    is_enough = of_exposure * scale >= max(LEAST_EFFECTIVE, RULE_OF_THREE / tail)
    is_present = is_of_moments & is_enough & (reach < tail)
    least, most = (_quantile_at(cumulative, level) for level in (share - reach, share + reach))
    return Intervals(
        value,
        np.where(is_present, np.minimum(least, value), np.nan),
        np.where(is_present, np.maximum(most, value), np.nan),
        is_of_moments & ~is_present,
    )


def _reach(moments: RatioMoments, beyond: float, scale: Floats) -> tuple[Floats, Floats]:
    """Half the acceptance region of the share `beyond`, and the effective sessions of the moments,
    (sets,)."""
    likeness, above, below = _at_share(moments, beyond)
    n, x, xx = (each[:, 0] for each in (moments.sessions, moments.x, moments.xx))
    of_exposure = filled(effective(x, xx))
    degrees = freedom(n, of_exposure, np.fmin(of_exposure, np.fmin(above, below)))
    trials = divided(of_exposure * np.maximum(n - 1, 0), likeness * n) * scale
    reach = divided(reach_of(degrees) * (beyond * (1 - beyond)) ** 0.5, np.sqrt(trials))
    return filled(reach, nan=1.0), of_exposure


def _at_share(moments: RatioMoments, share: float) -> tuple[Floats, Floats, Floats]:
    """Of durations of which `share` are longer, (sets,): the variance of that share by the largest
    one, and the effective sessions with longer and with shorter ones; between boundaries all are
    interpolated."""
    beyond = divided(moments.y, moments.x)
    is_inner = (beyond > 0) & (beyond < 1)
    spread = moments.yy - 2 * beyond * moments.xy + beyond**2 * moments.xx
    largest = beyond * (1 - beyond) * moments.xx
    likeness = np.where(is_inner, divided(np.maximum(spread, 0.0), largest), np.nan)
    above = effective(moments.y, moments.yy)
    below = of_good(moments)
    last = len(BOUNDARIES) - 1
    upper: Index = (beyond > share).sum(axis=-1).clip(0, last)
    lower: Index = (upper - 1).clip(0, last)
    part = _part(beyond, lower, upper, share)
    alike = _between(likeness, lower, upper, part)
    # Where all durations lie between two boundaries, sessions may be all on one side.
    return (
        np.where(alike > 0, alike, 1.0),
        1 / _between(1 / above, lower, upper, part),
        1 / _between(1 / below, lower, upper, part),
    )


def _part(beyond: Floats, lower: Index, upper: Index, share: float) -> Floats:
    rows = np.arange(len(beyond))
    above, below = beyond[rows, lower], beyond[rows, upper]
    return filled(divided(above - share, above - below)).clip(0.0, 1.0)


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
    rank = np.clip(np.ceil(filled(level) * total), 1, np.maximum(total, 1))
    bucket: Index = (cumulative >= rank[:, None]).argmax(axis=-1).clip(0, BUCKETS - 1)
    return bucket


def _quantile_at(cumulative: Floats, level: Floats) -> Floats:
    """The quantile in ms, its durations evenly spread over the logarithms of their bucket."""
    bucket, rows = _bucket_at(cumulative, level), np.arange(len(cumulative))
    before = np.where(bucket > 0, cumulative[rows, bucket - 1], 0.0)
    inside = cumulative[rows, bucket] - before
    part = divided(filled(level) * cumulative[:, -1] - before, inside)
    part = filled(part).clip(0.0, 1.0)
    quantile: Floats = _BOUNDS_MS[bucket] ** (1 - part) * _BOUNDS_MS[bucket + 1] ** part
    return quantile
