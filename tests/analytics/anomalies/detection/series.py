"""Series to detect in: a year's usual days of one kind, without incidents."""

from dataclasses import dataclass

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.steps import Floats, Ints

HOUR, DAY, MINUTES = 3600, 86_400, 300
MONDAY = 1_788_134_400  # 2026-08-31, 0:00 UTC


@dataclass(frozen=True, slots=True)
class Usual:
    """`values` and `trials` [S, T] of hourly steps, quiet at night."""

    timestamps: Ints
    values: Floats
    trials: Floats | None


def usual(kind: SeriesKind, series: int, days: int, seed: int = 1, start: int = MONDAY) -> Usual:
    """`series` of `kind`, independent noise about a daily shape."""
    rng = np.random.default_rng(seed)
    times = start + HOUR * np.arange(24 * days, dtype=np.int64)
    level = np.tile(200.0 - 150.0 * np.cos((times % DAY) / DAY * 2.0 * np.pi), (series, 1))
    if kind is SeriesKind.GAUGE:
        return Usual(times, level + 0.05 * level * rng.normal(size=level.shape), None)
    if kind is SeriesKind.LATENCY:
        return Usual(times, 60.0 * np.exp(0.1 * rng.normal(size=level.shape)), None)
    counts = rng.poisson(level).astype(np.float64)
    if kind is SeriesKind.COUNT:
        return Usual(times, counts, None)
    return Usual(times, rng.binomial(counts.astype(np.int64), 0.95) / counts, counts)


def two_sorts(series: int, days: int, people: float, start: int = MONDAY, seed: int = 1) -> Usual:
    """The p95 of round trips in steps of five minutes, of at most `people` a step: near ones at
    70 ms and one in twenty far away at 400 ms; next to nobody at night, and steps with nobody."""
    rng = np.random.default_rng(seed)
    times = start + MINUTES * np.arange(days * DAY // MINUTES, dtype=np.int64)
    awake = np.square((1.0 - np.cos((times % DAY) / DAY * 2.0 * np.pi)) / 2.0)
    number = rng.poisson(np.tile(people * np.maximum(awake, 0.02), (series, 1)))
    values = np.full(number.shape, np.nan)
    for at in zip(*np.nonzero(number), strict=True):
        is_far = rng.random(number[at]) < 0.05
        trips = np.where(is_far, 400.0, 70.0) * np.exp(0.25 * rng.normal(size=number[at]))
        values[at] = np.quantile(trips, 0.95)
    return Usual(times, values, None)
