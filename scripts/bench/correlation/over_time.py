"""Rounds over time: of unrelated series how many are called associated, and what is planted."""

from collections import Counter

import numpy as np

from analytics.correlation.measures import EXPOSURES, OUTCOMES, pair_key
from analytics.correlation.overtime.pairs import pairs_over_time
from scripts.bench.correlation.hours import MONTH, Random, hourly, noise, rhythm
from scripts.bench.correlation.tally import Tally

X, Y = EXPOSURES[0], OUTCOMES[0]
KEY = pair_key(X, Y)
MEMORIES = ((0.0, 0.0), (0.5, 0.5), (0.8, 0.8), (0.9, 0.9), (0.5, 0.0), (0.9, 0.0), (0.5, 0.9))
SIZES = (0.0, 0.3, 0.6)
MOST_MEMORY = 0.95


def unrelated(random: Random, hours: int = MONTH) -> Counter[str]:
    """One round of independent series, all pairs: how many have figures, how many of those are
    significant at 5 %, before and after adjusting, and by a plain correlation of the hours."""
    series = {
        side.key: noise(random, hours, random.uniform(0.0, MOST_MEMORY)) + rhythm(random, hours)
        for side in (*EXPOSURES, *OUTCOMES)
    }
    result: Counter[str] = Counter()
    matrix = np.asarray(np.corrcoef(np.stack([*series.values()])))
    plain = matrix[: len(EXPOSURES), len(EXPOSURES) :]
    t = np.abs(plain) * np.sqrt((hours - 2) / (1.0 - plain**2))
    result["plain"] = int((t > 1.9633).sum())
    for pair in pairs_over_time(hourly(series)).pairs.values():
        result["pairs"] += 1
        if pair.p is None or pair.p_adjusted is None:
            continue
        result["figures"] += 1
        result["significant"] += pair.p < 0.05
        result["adjusted"] += pair.p_adjusted < 0.05
        result["lagged"] += pair.lag_minutes != 0
    result["rounds"] = 1
    result["any adjusted"] = int(result["adjusted"] > 0)
    return result


def related(random: Random, tally: Tally, hours: int = MONTH) -> None:
    """One round of each strength and memory: is the true coefficient in its interval?"""
    for size in SIZES:
        for memory_x, memory_y in MEMORIES:
            x = noise(random, hours, memory_x)
            y = size * x + np.sqrt(1.0 - size**2) * noise(random, hours, memory_y)
            cycle = rhythm(random, hours)
            pair = pairs_over_time(hourly({X.key: x + cycle, Y.key: y + cycle})).pairs[KEY]
            name = f"{hours} h, size {size}, memory {memory_x} and {memory_y}"
            tally.add(f"spearman {name}", pair.coefficient, 6 / np.pi * np.arcsin(size / 2))
            tally.add(f"pearson  {name}", pair.pearson, size)


def sloped(random: Random, tally: Tally, hours: int = MONTH) -> None:
    """One round of slopes: y gains `SLOPE` units with each unit of x."""
    for memory_x, memory_y in ((0.0, 0.0), (0.5, 0.8), (0.9, 0.5), (0.9, 0.9)):
        x, other = noise(random, hours, memory_x), noise(random, hours, memory_y)
        cycle = 30.0 * rhythm(random, hours)
        series = hourly({X.key: x, Y.key: x})
        values = {
            X.key: 1_000.0 + cycle + 10.0 * x,
            Y.key: 2_000.0 + cycle + 20.0 * x + 20.0 * other,
        }
        series = type(series)(
            zone=series.zone, hours=series.hours, values=values, n=series.n, reports=series.reports
        )
        pair = pairs_over_time(series).pairs[KEY]
        tally.add(f"slope    {hours} h, memory {memory_x} and {memory_y}", pair.slope, 2.0 * X.per)


def planted(random: Random, hours: int = MONTH) -> Counter[str]:
    """One round of relations with sign, size and lag: what of them comes out."""
    result: Counter[str] = Counter()
    size = float(random.choice([-0.7, -0.5, 0.5, 0.7]))
    lag = int(random.choice([-3, 0, 0, 2, 5]))
    memory = random.uniform(0.3, 0.8)
    long_x = noise(random, hours + 24, memory)
    x, moved = long_x[12:-12], long_x[12 - lag : 12 - lag + hours]
    y = size * moved + np.sqrt(1.0 - size**2) * noise(random, hours, random.uniform(0.0, 0.5))
    cycle = rhythm(random, hours)
    pair = pairs_over_time(hourly({X.key: x + cycle, Y.key: y + cycle})).pairs[KEY]
    result["rounds"] = 1
    result["lag"] = int(pair.lag_minutes == 60 * lag)
    if pair.shifts is None:
        return result
    at_lag = dict(zip(pair.shifts.hours, pair.shifts.coefficients, strict=True))[lag] or 0.0
    truth = 6 / np.pi * np.arcsin(size / 2)
    result["sign"] = int(np.sign(at_lag) == np.sign(size))
    result["size within 0.15"] = int(abs(at_lag - truth) < 0.15)
    return result
