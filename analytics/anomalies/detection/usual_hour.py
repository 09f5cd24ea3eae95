"""The usual hour: what the same hour of the last 14 days held, working days and days off (weekends
and holidays) apart as far as they differ by more than noise.

Medians, on the scale of the kind; of counts below 25 and of ratios means, since the median of few
events is no more than their nearest whole number.
"""

import numpy as np

from .clock import WallClock
from .kinds import SeriesKind
from .scale import expected_to_scale, to_scale
from .steps import Floats, Ints

USUAL_DAYS = 14
LOW_COUNT = 25.0
FARTHEST = 4.0
MAD_TO_SD = 1.4826
MEDIAN_VARIANCE = 1.57  # of a median, in variances of the mean
HOURS = 24
TINY = 1e-12
ADDED = (SeriesKind.COUNT, SeriesKind.RATIO)  # their hours are sums


def hour_values(
    kind: SeriesKind, values: Floats, trials: Floats | None, clock: WallClock
) -> tuple[Floats, Floats]:
    """The level and the weight of each hour of one local day, [S, 24] each, NaN and 0 without
    data. Gauges and latencies: the median, on their scale; counts and ratios: the mean in their
    unit, of ratios weighted by trials."""
    level, weight = np.full((len(values), HOURS), np.nan), np.zeros((len(values), HOURS))
    scaled = values if kind in ADDED else to_scale(kind, values)
    weights = np.isfinite(values) * (1.0 if trials is None else np.nan_to_num(trials))
    if (np.diff(clock.hour) > 0).all():
        level[:, clock.hour], weight[:, clock.hour] = scaled, weights
        return level, weight
    for hour in np.unique(clock.hour):
        at = clock.hour == hour
        level[:, hour] = _center(kind, scaled[:, at, None], weights[:, at, None])[:, 0]
        weight[:, hour] = weights[:, at].sum(axis=1)
    return level, weight


def usual_hours(kind: SeriesKind, level: Floats, weight: Floats, off: Ints) -> Floats:
    """The usual level of each hour on working days and on days off, [S, 2, 24] on the scale of
    the kind, from the days of `level` [S, D, 24], which `off` [D] says apart. An hour that never
    had data is as all together."""
    both = _middle(kind, level, weight)
    parts = [_middle(kind, level[:, off == w], weight[:, off == w]) for w in (0, 1)]
    usual = both[:, None] + _apart(kind, level, off, both, np.stack(parts, axis=1))
    return np.where(np.isfinite(usual), usual, median(both[:, :, None])[:, None, :])


def _apart(kind: SeriesKind, level: Floats, off: Ints, both: Floats, parts: Floats) -> Floats:
    """How far working days and days off lie from all days, [S, 2, 24], shrunk by the share of the
    difference that the noise of so few days explains (James and Stein, 1961)."""
    scaled = expected_to_scale(kind, level) if kind in ADDED else level
    within = np.abs(scaled - parts[:, off])
    noise = (MAD_TO_SD * median(within.reshape(len(level), -1, 1))[:, 0]) ** 2
    number = np.stack([np.isfinite(level[:, off == w]).sum(axis=(1, 2)) for w in (0, 1)], 1)
    apart = np.nan_to_num(parts - both[:, None])
    size = np.square(apart).sum(axis=2) / HOURS
    by_chance = MEDIAN_VARIANCE * noise[:, None] * HOURS / np.maximum(number, 1)
    share = np.clip(1.0 - by_chance / np.maximum(size, 1e-12), 0.0, 1.0)
    return np.asarray(np.nan_to_num(share)[:, :, None] * apart)


def at_steps(usual: Floats, clock: WallClock, step_seconds: int) -> Floats:
    """The usual level at each step, [S, T]: of steps shorter than an hour on the line between the
    middles of neighbouring hours of days of its type: people leave the shape of one at midnight."""
    middle = clock.part + step_seconds / 2 / 3600 - 0.5 if step_seconds < 3600 else 0.0 * clock.part
    neighbour = (clock.hour + np.where(middle < 0, -1, 1)) % HOURS
    share = np.abs(middle)
    a = usual[:, clock.off, clock.hour]
    b = usual[:, clock.off, neighbour]
    return np.where(share > 0, (1 - share) * a + share * b, a)


def _middle(kind: SeriesKind, level: Floats, weight: Floats) -> Floats:
    """Over the days: [S, D, 24] in the unit of `hour_values` -> [S, 24] on the scale."""
    if kind is SeriesKind.RATIO:
        near = _near(level, _mean(level, weight), weight)
        return expected_to_scale(kind, _drawn(kind, _mean(near, weight), weight.sum(axis=1)))
    center = median(level)
    if kind is SeriesKind.COUNT:
        mean = _mean(_near(level, center, np.isfinite(level) * 1.0), weight)
        drawn = _drawn(kind, mean, weight.sum(axis=1))
        center = expected_to_scale(kind, np.where(mean < LOW_COUNT, drawn, center))
    return center


def _drawn(kind: SeriesKind, share: Floats, trials: Floats) -> Floats:
    """The share of each hour, or its count a step, [S, 24], drawn to that of all hours as far as
    chance explains their differences (moments of Kleinman, 1973): of two trials a night none need
    fail in two weeks, nor need an event a day have come in each hour."""
    number = np.maximum(trials.sum(axis=1, keepdims=True), TINY)
    total = np.nansum(share * trials, axis=1, keepdims=True) / number
    chance = total * (1.0 - total) if kind is SeriesKind.RATIO else total
    apart = np.nansum(trials * np.square(share - total), axis=1, keepdims=True)
    hours = (trials > 0).sum(axis=1, keepdims=True)
    spread = number - np.square(trials).sum(axis=1, keepdims=True) / number
    variance = np.maximum(apart - (hours - 1) * chance, 0.0) / np.maximum(spread, TINY)
    own = trials * variance / np.maximum(trials * variance + chance, TINY)
    return np.where(trials > 0, total + own * (share - total), np.nan)


def _near(level: Floats, center: Floats, weight: Floats) -> Floats:
    """Levels of few events cut to four standard deviations of chance about the center."""
    middle = center[:, None]
    reach = FARTHEST * np.sqrt(middle * weight + 1.0) / np.maximum(weight, 1e-9)
    return np.clip(level, middle - reach, middle + reach)


def _center(kind: SeriesKind, level: Floats, weight: Floats) -> Floats:
    return _mean(level, weight) if kind in ADDED else median(level)


def _mean(level: Floats, weight: Floats) -> Floats:
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, np.nansum(level * weight, axis=1) / total, np.nan)


def median(level: Floats) -> Floats:
    """Over axis 1 without NaN; numpy's nanmedian takes twenty times as long for short axes."""
    if level.shape[1] == 0:
        return np.full((level.shape[0], level.shape[2]), np.nan)
    ordered = np.sort(level, axis=1)
    count = np.isfinite(level).sum(axis=1)
    low = np.maximum((count - 1) // 2, 0)[:, None, :]
    high = np.maximum(count // 2, 0)[:, None, :]
    high = np.minimum(high, level.shape[1] - 1)
    a = np.take_along_axis(ordered, low, axis=1)[:, 0]
    b = np.take_along_axis(ordered, high, axis=1)[:, 0]
    return np.where(count > 0, (a + b) / 2.0, np.nan)
