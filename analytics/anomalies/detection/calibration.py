"""How wide a band is: spreads per hour of day, and one quantile of the residuals in spreads."""

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .clock import DAY_SECONDS, HOUR_SECONDS
from .kinds import SeriesKind, Worse
from .steps import Floats, History, Ints, Mask
from .usual_hour import HOURS, median

CALIBRATION_DAYS = 28
LEAST_POINTS = 100  # below, a quantile far out is that of the kind, not of the series
LEAST_WIDTH = 0.4  # of the width by the kind: a past that was still says little of what is to come
KIND_POINTS = 10.0  # that the tail of the kind weighs
# Days in which chance begins an incident once, on either scale: many events are counted, and many
# shares, and judged at once.
SUDDEN_DAYS = {
    SeriesKind.GAUGE: 20.0, SeriesKind.COUNT: 60.0,
    SeriesKind.RATIO: 30.0, SeriesKind.LATENCY: 20.0,
}  # fmt: skip
SUSTAINED_DAYS = {
    SeriesKind.GAUGE: 30.0, SeriesKind.COUNT: 100.0,
    SeriesKind.RATIO: 100.0, SeriesKind.LATENCY: 30.0,
}  # fmt: skip
LEAST_SUSTAINED_SECONDS = 3600  # that the sustained scale is outside, once it is
MOST_RATE = 0.1
# Of the residuals of both sides those a band is extrapolated from, and of these the outermost,
# which may be those of incidents.
TAIL_SHARE, TRIMMED_SHARE = 0.1, 0.1
FARTHEST_BEYOND, FARTHEST_AT = 1.5, 2
# Of the hours beside one: a local parabola (Savitzky and Golay, 1964), which keeps the quietest
# hour of the night quiet; where some hours have few residuals, those near by their number.
CURVED_WEIGHTS = (-3 / 35, 12 / 35, 17 / 35, 12 / 35, -3 / 35)
NEAR_WEIGHTS = (1.0, 3.0, 9.0, 3.0, 1.0)
EVEN_SHARE = 0.5
MAD_LOG_VARIANCE = 1.36  # of the logarithm of a median of |residual|, times their number
MAD_TO_SD = 1.4826
TINY = 1e-9
LEAST_SPREAD = 0.25  # of the spread over all hours
INCIDENT_RHO, INCIDENT_SECONDS, LEAST_USUAL = 1.5, 12 * 3600, 0.7
SLOW_SD, SLOW_DEGREES = 0.7, 30.0  # of a three-hour average, with room for dependent residuals
LEAST_PAIRS, MOST_CARRIED, LARGEST_CARRIED = 48, 0.95, 3.0
DEGREES = {  # of freedom of Student's t, whose tails stand for a kind's until there are enough
    SeriesKind.GAUGE: 6.0, SeriesKind.COUNT: 12.0, SeriesKind.RATIO: 12.0, SeriesKind.LATENCY: 6.0,
}  # fmt: skip


def designed_rates(kind: SeriesKind, step_seconds: int) -> tuple[float, float]:
    """The shares of steps outside the sudden and the sustained band by chance, at most .1 each: a
    step in `SUDDEN_DAYS` (20 of gauges and latencies, 60 of counts, 30 of ratios), an hour or a
    step, whichever is longer, in `SUSTAINED_DAYS` (30 and 100), since the average of some hours
    that left its band stays outside for about an hour."""
    sudden = step_seconds / (SUDDEN_DAYS[kind] * DAY_SECONDS)
    sustained = max(step_seconds, LEAST_SUSTAINED_SECONDS) / (SUSTAINED_DAYS[kind] * DAY_SECONDS)
    return min(sudden, MOST_RATE), min(sustained, MOST_RATE)


def onset_rate(kind: SeriesKind, step_seconds: int) -> float:
    """The share of steps with which chance begins an incident on either scale, at most .1."""
    days = 1.0 / SUDDEN_DAYS[kind] + 1.0 / SUSTAINED_DAYS[kind]
    return min(step_seconds * days / DAY_SECONDS, MOST_RATE)


def spreads(residuals: Floats, hour: Ints) -> Floats:
    """The robust standard deviation (1.4826 times the median of |residual|) of each hour of day,
    [S, 24], its logarithm smoothed over two hours to each side; NaN where there is no residual at
    all."""
    size = np.abs(residuals)
    by_hour = np.stack([median(size[:, hour == h][:, :, None])[:, 0] for h in range(HOURS)], 1)
    counts = np.stack([np.isfinite(size[:, hour == h]).sum(axis=1) for h in range(HOURS)], 1)
    overall = _overall(size)[:, None]
    least = np.maximum(LEAST_SPREAD * overall, TINY)
    size_log = np.log(np.maximum(np.nan_to_num(by_hour), least))
    near, number = _smoothed(size_log * counts, NEAR_WEIGHTS), _smoothed(counts, NEAR_WEIGHTS)
    smoothed = np.where(number > 0, near / np.maximum(number, 1), np.log(np.maximum(overall, TINY)))
    is_even = counts.min(axis=1) >= EVEN_SHARE * counts.max(axis=1)
    curved = _leveled(_smoothed(size_log, CURVED_WEIGHTS), counts)
    return np.asarray(np.exp(np.where(is_even[:, None], curved, smoothed)) * MAD_TO_SD)


def _leveled(size_log: Floats, counts: Ints) -> Floats:
    """Drawn to the mean of all hours by the share of their differences that chance explains (James
    and Stein, 1961)."""
    mean = size_log.mean(axis=1, keepdims=True)
    apart = np.square(size_log - mean).mean(axis=1, keepdims=True)
    weight = sum(w**2 for w in CURVED_WEIGHTS)
    by_chance = weight * MAD_LOG_VARIANCE / np.maximum(counts.mean(axis=1, keepdims=True), 1.0)
    share = np.clip(1.0 - by_chance / np.maximum(apart, TINY), 0.0, 1.0)
    return np.asarray(mean + share * (size_log - mean))


def _smoothed(by_hour: Floats | Ints, weights: tuple[float, ...]) -> Floats:
    """The sum of neighbouring hours with `weights`, the middle one of the hour itself."""
    reach = len(weights) // 2
    parts = [w * np.roll(by_hour, at - reach, axis=1) for at, w in enumerate(weights)]
    return np.asarray(sum(parts, start=np.zeros(by_hour.shape)))


def half_width(
    deviates: Floats, history: History, rate: float, usual: tuple[float, float], least: float = 0.0
) -> Floats:
    """What a share of `rate` of the deviations in the bad direction exceed, [S, T] -> [S].

    28 days hold too few for a quantile so far out: it is extrapolated from the largest tenth,
    without the outermost of these, by the tail of Weibull (Gardes and Girard, 2008); the fewer they
    are the more by that of the kind. With fewer than 100 it is the kind's alone: `usual` are its
    standard deviation and the degrees of freedom of its t. At least `least`.
    """
    worse, (sd, degrees) = history.worse, usual
    signed = directed(deviates, worse)
    share = TAIL_SHARE if worse is Worse.BOTH else TAIL_SHARE / 2.0
    width = kind_width(degrees, worse, rate)
    of_kind = np.full(len(signed), sd * width)
    top = int(share * signed.shape[1])
    if signed.shape[1] < LEAST_POINTS:
        return of_kind
    least = max(LEAST_WIDTH * sd * width, least)
    count = np.isfinite(signed).sum(axis=1)
    apart = np.log(np.log(rate) / np.log(share))
    power = float(np.log(width / kind_width(degrees, worse, share)) / apart)
    own = _extrapolated(np.where(np.isfinite(signed), signed, 0.0), count, rate, top, power)
    return np.where(count >= max(LEAST_POINTS, 2 * top), np.maximum(own, least), of_kind)


def _extrapolated(filled: Floats, count: Ints, rate: float, top: int, power: float) -> Floats:
    """-log P(X > x) grows as a power of x: `power` is that of the kind, inverted. At most half as
    far again as the third largest: values of two sorts have no such tail."""
    largest = -np.sort(-np.partition(filled, -top - 1, axis=1)[:, -top - 1 :], axis=1)
    number = np.maximum(count, top + 1)[:, None]
    depth = np.log(number / (np.arange(top + 1) + 0.5))
    first, last = int(TRIMMED_SHARE * top), largest[:, -1:]
    edge = np.maximum(last, TINY)
    spacing = np.log(np.maximum(largest[:, first:top], TINY) / edge).mean(axis=1)
    own = spacing / np.log(depth[:, first:top] / depth[:, -1:]).mean(axis=1)
    drawn = (top * own + KIND_POINTS * power) / (top + KIND_POINTS)
    own = edge[:, 0] * (-np.log(rate) / depth[:, -1]) ** drawn
    return np.asarray(np.minimum(own, FARTHEST_BEYOND * largest[:, min(FARTHEST_AT, top)]))


def directed(deviates: Floats, worse: Worse) -> Floats:
    """Deviations as far as they are bad: |z|, z or -z, not below 0."""
    if worse is Worse.BOTH:
        return np.abs(deviates)
    return np.maximum(deviates if worse is Worse.UP else -deviates, 0.0)


def kind_width(degrees: float, worse: Worse, rate: float) -> float:
    """What a share of `rate` exceeds by the tails of a kind, in robust standard deviations: that of
    Student's t."""
    special = scipy_special()
    tail = rate if worse is not Worse.BOTH else rate / 2.0
    return float(-special.stdtrit(degrees, tail) / special.stdtrit(degrees, 0.75) / MAD_TO_SD)


def chance_width(kind: SeriesKind, worse: Worse, rate: float) -> float:
    """What a share of `rate` of normal deviates exceeds, of counts and ratios: those have at least
    the tails of chance; 0 of other kinds."""
    if kind not in (SeriesKind.COUNT, SeriesKind.RATIO):
        return 0.0
    return float(-scipy_special().ndtri(rate if worse is not Worse.BOTH else rate / 2.0))


def carried_limit(marginal: Floats) -> Floats:
    """Three robust spreads of residuals, [S, T] -> [S, 1]: no more is carried to the next step."""
    return _overall(np.abs(marginal))[:, None] * MAD_TO_SD * LARGEST_CARRIED


def carried(marginal: Floats, limit: Floats) -> Floats:
    """The correlation of a residual with the next, [S, T] -> [S], 0 to .95: residuals are cut at
    the limit, so that an incident does not count as memory."""
    near = np.clip(marginal, -limit, limit)
    a, b = near[:, :-1], near[:, 1:]
    both = np.isfinite(a * b)
    cross = np.where(both, a * b, 0.0).sum(axis=1)
    square = np.where(both, (a * a + b * b) / 2.0, 0.0).sum(axis=1)
    enough = both.sum(axis=1) >= LEAST_PAIRS
    return np.where(enough, np.clip(cross / np.maximum(square, 1e-300), 0.0, MOST_CARRIED), 0.0)


def neighbours_apart(scaled: Floats, step_seconds: int) -> Floats:
    """How far each value is from the mean of those an hour before and after it, of the size of what
    a value differs from the hour of the day before, [S, T]: noise without the shape of days, of
    which a single day says nothing (Gasser, Sroka and Jennen-Steinmetz, 1986)."""
    steps = max(1, HOUR_SECONDS // step_seconds)
    apart = np.full(scaled.shape, np.nan)
    apart[:, steps:-steps] = (
        scaled[:, steps:-steps] - (scaled[:, : -2 * steps] + scaled[:, 2 * steps :]) / 2.0
    )
    return np.asarray(apart * np.sqrt((1.0 + 1.0 / steps) / 1.5))


def innovations(marginal: Floats, carry: Floats, limit: Floats) -> Floats:
    """What a residual adds to what it inherited, [S, T]."""
    before = np.roll(marginal, 1, axis=1)
    before[:, :1] = 0.0
    return marginal - carry[:, None] * np.clip(np.nan_to_num(before), -limit, limit)


def cut(deviates: Floats, rho: Floats) -> Floats:
    """Deviates of an incident cut to 1.5 widths of the band they left, [S, T]: what is new widens a
    band by half a day after day while it lasts, a single disturbance by no more."""
    return deviates * np.minimum(1.0, INCIDENT_RHO / np.maximum(rho, INCIDENT_RHO))


def countable(rho: Floats, is_there: Mask, step_seconds: int) -> Mask:
    """Which of the steps `is_there` calibrate, [S, T]: not those of the twelve hours after a step
    beyond 1.5 widths, which are of its incident; where that were more than three in ten, as within
    a few days, not those beyond; and where they still were, all: then nothing is usual."""
    is_beyond = rho >= INCIDENT_RHO
    result = is_there
    for is_apart in (~is_beyond, _apart(is_beyond, max(1, INCIDENT_SECONDS // step_seconds))):
        number = (is_apart & is_there).sum(axis=1, keepdims=True)
        is_most = number >= LEAST_USUAL * is_there.sum(axis=1, keepdims=True)
        result = np.where(is_most, is_apart & is_there, result)
    return np.asarray(result)


def _apart(is_beyond: Mask, span: int) -> Mask:
    """Which steps are not within the `span` after one that is beyond."""
    number = np.cumsum(is_beyond, axis=1)
    before = np.concatenate([np.zeros((len(number), 1), dtype=number.dtype), number], axis=1)
    index = np.arange(is_beyond.shape[1])
    return np.asarray(before[:, index] == before[:, np.maximum(index - span, 0)])


def _overall(size: Floats) -> Floats:
    return median(size[:, :, None])[:, 0]
