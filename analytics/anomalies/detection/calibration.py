"""How wide a band is: spreads per hour of day, and one quantile of the residuals in spreads."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .clock import DAY_SECONDS
from .kinds import SeriesKind, Worse
from .steps import Floats, History, Ints, Mask
from .usual_hour import HOURS, median

CALIBRATION_DAYS = 28
LEAST_POINTS = 500  # below, a quantile far out is that of the kind, not of the series
SUDDEN_DAYS, SUSTAINED_DAYS = 7.0, 12.0  # in which a step may leave the band of each scale once
RARER = {  # by chance alone: events are counted in most series, and many are judged at once
    SeriesKind.GAUGE: 1.0, SeriesKind.COUNT: 0.5, SeriesKind.RATIO: 0.5, SeriesKind.LATENCY: 1.0,
}  # fmt: skip
MOST_RATE = 0.1
PEAKS, SLOW_PEAKS_SHARE = 40, 0.05  # residuals a band is extrapolated from
SMOOTHED_HOURS = 2  # to each side
MAD_TO_SD = 1.4826
TINY = 1e-9
LEAST_SPREAD = 0.25  # of the spread over all hours
INCIDENT_RHO, INCIDENT_SECONDS, LEAST_USUAL = 1.5, 12 * 3600, 0.7
SLOW_SD = 0.6  # of the six-hour average of independent residuals, with room for dependent ones
LEAST_PAIRS, MOST_CARRIED, LARGEST_CARRIED = 48, 0.95, 3.0
DEGREES = {  # of freedom of Student's t, whose tails stand for a kind's until there are enough
    SeriesKind.GAUGE: 6.0, SeriesKind.COUNT: 8.0, SeriesKind.RATIO: 12.0, SeriesKind.LATENCY: 6.0,
}  # fmt: skip


def designed_rates(kind: SeriesKind, step_seconds: int) -> tuple[float, float]:
    """The shares of steps outside the sudden and the sustained band: step / 7 days and step / 12
    days, at most .1, half as many of counts and ratios.

    How often chance begins an incident is another figure, since the sustained scale, once outside,
    stays there for hours: on the series of `scripts.bench.detector` once in two weeks of a gauge or
    latency and in six of a count or ratio.
    """
    rates = [step_seconds / (days * DAY_SECONDS) for days in (SUDDEN_DAYS, SUSTAINED_DAYS)]
    sudden, sustained = (min(rate, MOST_RATE) * RARER[kind] for rate in rates)
    return sudden, sustained


def spreads(residuals: Floats, hour: Ints) -> Floats:
    """The robust standard deviation (1.4826 times the median of |residual|) of each hour of day,
    [S, 24], the geometric mean over two hours to each side, nearer ones weighing more; NaN
    where there is no residual at all."""
    size = np.abs(residuals)
    by_hour = np.stack([median(size[:, hour == h][:, :, None])[:, 0] for h in range(HOURS)], 1)
    counts = np.stack([np.isfinite(size[:, hour == h]).sum(axis=1) for h in range(HOURS)], 1)
    overall = _overall(size)[:, None]
    least = np.maximum(LEAST_SPREAD * overall, TINY)
    size_log = np.log(np.maximum(np.nan_to_num(by_hour), least))
    total, number = np.zeros_like(by_hour), np.zeros_like(by_hour)
    for offset in range(-SMOOTHED_HOURS, SMOOTHED_HOURS + 1):
        weight = counts * 3.0 ** (SMOOTHED_HOURS - abs(offset))
        total += np.roll(size_log * weight, offset, axis=1)
        number += np.roll(weight, offset, axis=1)
    smoothed = np.where(number > 0, np.exp(total / np.maximum(number, 1)), overall)
    return np.asarray(smoothed * MAD_TO_SD)


def half_width(
    deviates: Floats, history: History, rate: float, usual_sd: float, peaks: int = PEAKS
) -> Floats:
    """What a share of `rate` of the deviations in the bad direction exceed, [S, T] -> [S].

    The largest `peaks` are taken as exponential beyond the next (peaks over threshold; Pickands,
    1975), since 28 days hold too few for a quantile so far out. With fewer than 500 it is that of
    the kind, for a standard deviation of `usual_sd`.
    """
    signed = directed(deviates, history.worse)
    usual = np.full(len(signed), usual_sd * kind_width(history.kind, history.worse, rate))
    if signed.shape[1] < max(LEAST_POINTS, peaks + 1):
        return usual
    count = np.isfinite(signed).sum(axis=1)
    filled = np.where(np.isfinite(signed), signed, 0.0)
    width = _extrapolated(filled, count, rate, peaks)
    return np.where((count >= LEAST_POINTS) & (width > 0), width, usual)


def _extrapolated(filled: Floats, count: Ints, rate: float, peaks: int) -> Floats:
    top = -np.partition(-filled, peaks, axis=1)[:, : peaks + 1]
    threshold = top.min(axis=1)
    excess = (top - threshold[:, None]).sum(axis=1) / peaks
    return np.asarray(threshold + excess * np.log(peaks / (np.maximum(count, 1) * rate)))


def directed(deviates: Floats, worse: Worse) -> Floats:
    """Deviations as far as they are bad: |z|, z or -z, not below 0."""
    if worse is Worse.BOTH:
        return np.abs(deviates)
    return np.maximum(deviates if worse is Worse.UP else -deviates, 0.0)


def kind_width(kind: SeriesKind, worse: Worse, rate: float) -> float:
    """What a share of `rate` exceeds by the tails of a kind, in robust standard deviations: that of
    Student's t."""
    special, degrees = scipy_special(), DEGREES[kind]
    tail = rate if worse is not Worse.BOTH else rate / 2.0
    return float(-special.stdtrit(degrees, tail) / special.stdtrit(degrees, 0.75) / MAD_TO_SD)


def carried(marginal: Floats) -> Floats:
    """The correlation of a residual with the next, [S, T] -> [S], 0 to .95: residuals are cut at
    three robust spreads, so that an incident does not count as memory."""
    overall = _overall(np.abs(marginal))[:, None] * MAD_TO_SD * LARGEST_CARRIED
    near = np.clip(marginal, -overall, overall)
    a, b = near[:, :-1], near[:, 1:]
    both = np.isfinite(a * b)
    cross = np.where(both, a * b, 0.0).sum(axis=1)
    square = np.where(both, (a * a + b * b) / 2.0, 0.0).sum(axis=1)
    enough = both.sum(axis=1) >= LEAST_PAIRS
    return np.where(enough, np.clip(cross / np.maximum(square, 1e-300), 0.0, MOST_CARRIED), 0.0)


def innovations(marginal: Floats, carry: Floats) -> Floats:
    """What a residual adds to what it inherited, [S, T]."""
    before = np.roll(marginal, 1, axis=1)
    before[:, :1] = 0.0
    limit = _overall(np.abs(marginal))[:, None] * MAD_TO_SD * LARGEST_CARRIED
    return marginal - carry[:, None] * np.clip(np.nan_to_num(before), -limit, limit)


def cut(deviates: Floats, rho: Floats) -> Floats:
    """Deviates of an incident cut to 1.5 widths of the band they left, [S, T]: what is new widens a
    band by half a day after day while it lasts, a single disturbance by no more."""
    return deviates * np.minimum(1.0, INCIDENT_RHO / np.maximum(rho, INCIDENT_RHO))


def countable(rho: Floats, step_seconds: int) -> Mask:
    """Which steps calibrate, [S, T]: not those of the twelve hours after a step beyond 1.5 widths,
    which are of its incident, unless that were more than three in ten: then nothing is usual."""
    span = max(1, INCIDENT_SECONDS // step_seconds)
    number = np.cumsum(rho >= INCIDENT_RHO, axis=1)
    before = np.concatenate([np.zeros((len(rho), 1), dtype=number.dtype), number], axis=1)
    index = np.arange(rho.shape[1])
    is_apart = before[:, index] == before[:, np.maximum(index - span, 0)]
    is_usual = is_apart.mean(axis=1, keepdims=True) >= LEAST_USUAL if rho.shape[1] else is_apart
    return np.asarray(is_apart | ~is_usual)


def _overall(size: Floats) -> Floats:
    return median(size[:, :, None])[:, 0]
