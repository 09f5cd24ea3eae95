"""How wide a band is: spreads per hour of day, and one quantile of the residuals in spreads."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .kinds import SeriesKind, Worse
from .steps import Floats, Ints, Mask
from .usual_hour import HOURS, _median

CALIBRATION_DAYS = 28
LEAST_POINTS = 500  # below, a quantile far out is that of the kind, not of the series
DAYS_PER_ALARM = 3.5  # in which either band may be left once
LOWEST_QUANTILE, HIGHEST_QUANTILE = 0.9, 0.9995
SMOOTHED_HOURS = 2  # to each side
MAD_TO_SD = 1.4826
LEAST_SPREAD = 0.25  # of the spread over all hours
SLOW_SD = 0.6  # of the six-hour average of independent residuals, with room for dependent ones
DEGREES = {  # of freedom of Student's t, whose tails stand for a kind's until there are enough
    SeriesKind.GAUGE: 6.0, SeriesKind.COUNT: 12.0, SeriesKind.RATIO: 12.0, SeriesKind.LATENCY: 6.0,
}  # fmt: skip


def quantile_level(step_seconds: int) -> float:
    """The share of steps within the band of one scale: both together may be left once in 3.5 days,
    1 - step / 7 days each, .9 to .9995."""
    level = 1.0 - step_seconds / (2.0 * DAYS_PER_ALARM * 86_400.0)
    return min(max(level, LOWEST_QUANTILE), HIGHEST_QUANTILE)


def spreads(residuals: Floats, hour: Ints) -> Floats:
    """The robust standard deviation (1.4826 times the median of |residual|) of each hour of day,
    [S, 24], averaged over two hours to each side; NaN where there is no residual at all."""
    size = np.abs(residuals)
    by_hour = np.stack([_median(size[:, hour == h][:, :, None])[:, 0] for h in range(HOURS)], 1)
    counts = np.stack([np.isfinite(size[:, hour == h]).sum(axis=1) for h in range(HOURS)], 1)
    offsets = range(-SMOOTHED_HOURS, SMOOTHED_HOURS + 1)
    total = sum(np.roll(np.nan_to_num(by_hour) * counts, o, axis=1) for o in offsets)
    number = sum(np.roll(counts, o, axis=1) for o in offsets)
    overall = _overall(size)[:, None]
    smoothed = np.where(number > 0, total / np.maximum(number, 1), overall * 1.0)
    return np.maximum(smoothed * MAD_TO_SD, LEAST_SPREAD * overall)


def half_width(deviates: Floats, worse: Worse, level: float, fallback: float) -> Floats:
    """The quantile at `level` of the deviations in the bad direction, [S, T] -> [S], the k-th
    largest of n with k = (1 - level)(n + 1), so that a further one is beyond it with a probability
    of 1 - level; `fallback` where there are fewer than 500."""
    signed = directed(deviates, worse)
    if not signed.shape[1]:
        return np.full(len(signed), fallback)
    count = np.isfinite(signed).sum(axis=1)
    ordered = np.sort(np.where(np.isfinite(signed), signed, -np.inf), axis=1)[:, ::-1]
    position = np.maximum((1.0 - level) * (count + 1) - 1.0, 0.0)
    low = np.minimum(position.astype(np.int64), signed.shape[1] - 1)
    high = np.minimum(low + 1, signed.shape[1] - 1)
    a = np.take_along_axis(ordered, low[:, None], 1)[:, 0]
    b = np.take_along_axis(ordered, high[:, None], 1)[:, 0]
    share = position - low
    with np.errstate(invalid="ignore"):
        width = a + share * (np.where(np.isfinite(b), b, a) - a)
    return np.where(count >= LEAST_POINTS, np.maximum(width, fallback / 2.0), fallback)


def directed(deviates: Floats, worse: Worse) -> Floats:
    """Deviations as far as they are bad: |z|, z or -z, not below 0."""
    if worse is Worse.BOTH:
        return np.abs(deviates)
    return np.maximum(deviates if worse is Worse.UP else -deviates, 0.0)


def kind_width(kind: SeriesKind, worse: Worse, level: float) -> float:
    """The quantile of a kind's tails, in robust standard deviations: that of Student's t."""
    special = scipy_special()
    tail = level if worse is not Worse.BOTH else (1.0 + level) / 2.0
    degrees = DEGREES[kind]
    return float(special.stdtrit(degrees, tail) / special.stdtrit(degrees, 0.75) / MAD_TO_SD)


def carried(marginal: Floats) -> Floats:
    """The correlation of a residual with the next, [S, T] -> [S], 0 to .95: residuals are cut at
    three robust spreads, so that an incident does not count as memory."""
    overall = _overall(np.abs(marginal))[:, None] * MAD_TO_SD * 3.0
    cut = np.clip(marginal, -overall, overall)
    a, b = cut[:, :-1], cut[:, 1:]
    both = np.isfinite(a * b)
    cross = np.where(both, a * b, 0.0).sum(axis=1)
    square = np.where(both, (a * a + b * b) / 2.0, 0.0).sum(axis=1)
    enough = both.sum(axis=1) >= 48
    return np.where(enough, np.clip(cross / np.maximum(square, 1e-300), 0.0, 0.95), 0.0)


def countable(rho: Floats) -> Mask:
    """Which steps calibrate: of an incident, a run beyond 1.5 widths, only the first."""
    before = np.roll(rho, 1, axis=1)
    before[:, :1] = 0.0
    return ~((rho >= 1.5) & (before >= 1.0))


def _overall(size: Floats) -> Floats:
    return _median(size[:, :, None])[:, 0]
