"""Hours of invented traffic: a daily cycle, and noise in which neighbours resemble each other."""

import numpy as np
from numpy.typing import NDArray

from analytics.stats.over_hours.residuals import HourlyParts
from models.metrics.histogram import BOUNDS_US, BUCKETS

Floats = NDArray[np.float64]
SPREAD, CYCLE, RATE = 0.2, 0.5, 0.02
_BOUNDS_MS = np.array(BOUNDS_US) / 1000


def hourly_events(
    random: np.random.Generator, hours: int, *, likeness: float = 0.5, level: float = 0.0
) -> HourlyParts:
    """Events of a rate that is `level` (of its logarithm) above `RATE`, per exposure."""
    hour_of_day, exposure = _traffic(random, hours, 1000)
    rate = RATE * np.exp(level + _cycle(hour_of_day) + _noise(random, hours, likeness))
    events = random.poisson(rate * exposure).astype(np.float64)
    return HourlyParts(events[None], exposure[None], hour_of_day)


def true_rate(level: float) -> float:
    """The rate of `hourly_events` over whole days."""
    hours = np.arange(24)
    weight = _busy(hours)
    rate = RATE * np.exp(level + SPREAD**2 / 2 + _cycle(hours))
    return float((weight * rate).sum() / weight.sum())


def hourly_durations(
    random: np.random.Generator, hours: int, *, likeness: float = 0.5, level: float = 0.0
) -> tuple[Floats, NDArray[np.int64]]:
    """Counts of durations about 50 ms per hour and bucket, and the hours of the day."""
    hour_of_day, n = _traffic(random, hours, 200)
    middle = np.log(50) + level + _cycle(hour_of_day) / 2 + _noise(random, hours, likeness)
    counts = np.zeros((hours, BUCKETS))
    for hour in range(hours):
        durations = np.exp(random.normal(middle[hour], 0.6, int(n[hour])))
        buckets = np.searchsorted(_BOUNDS_MS, durations, side="right") - 1
        counts[hour] = np.bincount(buckets, minlength=BUCKETS)
    return counts, hour_of_day


def _traffic(
    random: np.random.Generator, hours: int, mean: int
) -> tuple[NDArray[np.int64], Floats]:
    hour_of_day = np.arange(hours) % 24
    return hour_of_day, random.poisson(mean * _busy(hour_of_day)).astype(np.float64)


def _busy(hour_of_day: NDArray[np.int64]) -> Floats:
    busy: Floats = 1 + 0.8 * np.sin(2 * np.pi * hour_of_day / 24)
    return busy


def _cycle(hour_of_day: NDArray[np.int64]) -> Floats:
    cycle: Floats = CYCLE * np.sin(2 * np.pi * (hour_of_day - 6) / 24)
    return cycle


def _noise(random: np.random.Generator, hours: int, likeness: float) -> Floats:
    """Autoregressive, of the standard deviation `SPREAD`."""
    steps = random.normal(0, SPREAD * np.sqrt(1 - likeness**2), hours)
    noise = np.zeros(hours)
    noise[0] = random.normal(0, SPREAD)
    for hour in range(1, hours):
        noise[hour] = likeness * noise[hour - 1] + steps[hour]
    return noise
