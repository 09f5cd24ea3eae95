"""Simulated hourly series with a daily rhythm and a memory."""

from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.series.hourly import HOUR_SECONDS, HourlySeries

Floats = NDArray[np.float64]
Random = np.random.Generator
MONTH = 720
WARM_UP = 200
USUAL = 100.0


def noise(random: Random, hours: int, memory: float) -> Floats:
    """An autoregressive series of variance 1: each hour keeps `memory` of the one before."""
    shocks = random.normal(size=hours + WARM_UP) * np.sqrt(1.0 - memory**2)
    values = accumulate(shocks.tolist(), lambda before, shock: memory * before + shock)
    return np.array([*values])[WARM_UP:]


def rhythm(random: Random, hours: int) -> Floats:
    """Day and night, working days and weekends: three times what is left to chance."""
    hour = np.arange(hours)
    day = np.sin(2 * np.pi * (hour / 24 - random.uniform(-0.1, 0.1)))
    return np.asarray(3.0 * day + 1.0 * (hour // 24 % 7 >= 5))


def hourly(series: Mapping[str, Floats]) -> HourlySeries:
    """Series by key of measure, on the scale on which they are compared; others are missing."""
    hours = len(next(iter(series.values())))
    units = {each.key: each.unit for each in (*EXPOSURES, *OUTCOMES)}
    values = {
        key: USUAL * np.exp(each * 0.1) if units[key] == "ms" else (8.0 + each * 0.5) ** 2
        for key, each in series.items()
    }
    return HourlySeries(
        zone="UTC",
        hours=np.arange(hours, dtype=np.int64) * HOUR_SECONDS + 4 * 86_400,
        values=values,
        n={key: np.full(hours, 200.0) for key in series},
        reports=np.full(hours, 200.0),
    )
