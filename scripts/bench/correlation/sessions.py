"""Simulated sessions, with what is planted in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.sessions.table import AGE_SECONDS, AgeBins, Coded, SessionTable
from models.metrics.dimensions import SEGMENTS

Floats = NDArray[np.float64]
Random = np.random.Generator
DAY_SECONDS = 86_400
MINUTE_MS = 60_000.0
SIZES = {"country": 6, "effective_type": 3, "browser": 3, "release": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What is true of a population of sessions.

    `slow` makes round trips and pages of a country slower, `linked` pages with round trips of equal
    sessions, both on a scale of logarithms. `drops` an hour of each session, by `drop_spread` more
    in some; after a first drop people do `after` times as many interactions a minute, and leave
    `leaving` times as fast. `day_effect` moves all people of a day. `calming`: in longer sessions
    people do less, whatever happens.
    """

    slow: float = 0.0
    linked: float = 0.0
    drops: float = 0.3
    drop_spread: float = 0.5
    after: float = 1.0
    leaving: float = 1.0
    day_effect: float = 0.1
    calming: float = 0.0
    minutes: float = 20.0


def sessions(random: Random, number: int, days: int, plant: Plant) -> SessionTable:
    """`number` sessions over `days` days."""
    start = np.sort(random.integers(0, days * DAY_SECONDS, number))
    day = start // DAY_SECONDS
    dimensions = {name: _dimension(random, number, SIZES.get(name, 1)) for name in SEGMENTS}
    country = dimensions["country"].codes / SIZES["country"]
    trouble = random.normal(size=(days, 2)) * plant.day_effect
    round_trip = random.normal(size=number) * 0.5 + plant.slow * country + trouble[day, 0]
    load = random.normal(size=number) * 0.5 + plant.slow * country + trouble[day, 1]
    load += plant.linked * (round_trip - plant.slow * country - trouble[day, 0])
    length = plant.minutes * random.lognormal(0.0, 1.0, number)
    rate = np.exp(random.normal(size=number) * plant.drop_spread + trouble[day, 0])
    rate *= plant.drops / 60.0
    first_drop = random.exponential(1.0, number) / rate
    length = _left(length, first_drop, plant.leaving)
    pace = 3.0 * np.exp(random.normal(size=number) * 0.3 + trouble[day, 1])
    pace *= (length / plant.minutes) ** -plant.calming
    ages = _ages(random, length, first_drop, pace, plant.after)
    later = random.poisson(rate * np.maximum(length - first_drop, 0.0))
    drops = np.where(first_drop < length, 1 + later, 0)
    columns: dict[str, Any] = _connections(random, length, drops.astype(np.float64))
    columns |= _experience(random, load, ages)
    return SessionTable(
        zone="UTC",
        start=start,
        day=day,
        dimensions=dimensions,
        ages=ages,
        **columns,
        weight=np.ones(number),
        latency_n=np.full(number, 20.0),
        latency_p95_ms=80.0 * np.exp(round_trip),
        first_drop_ms=np.where(first_drop < length, first_drop * MINUTE_MS, np.nan),
    )


def _connections(random: Random, length: Floats, drops: Floats) -> dict[str, Floats]:
    """Columns of connections that nothing depends on but drops and length (minutes)."""
    number = len(length)
    spread = random.lognormal(0.0, 0.5, number)
    ms = length * MINUTE_MS
    return {
        **dict.fromkeys(("length_ms", "open_ms", "visible_ms", "judged_ms"), ms),
        "drops": drops,
        "downtime_ms": drops * 5_000.0,
        "without_connection_ms": drops * 6_000.0 * spread,
        "longest_silence_ms": np.where(drops > 0, 8_000.0 * spread, 0.0),
        "messages": np.ceil(length * 10.0),
        "errors": random.poisson(length * 0.05).astype(np.float64),
        "setup_p95_ms": 90.0 * random.lognormal(0.0, 0.4, number),
        "setup_n": np.full(number, 2.0),
    }


def _experience(random: Random, load: Floats, ages: AgeBins) -> dict[str, Floats]:
    """Columns of experience; some browsers measure no paints."""
    number = len(load)
    missing = random.random(number) < 0.3
    return {
        "page_load_ms": 1_200.0 * np.exp(load),
        "lcp_ms": np.where(missing, np.nan, 1_500.0 * np.exp(load)),
        "inp_ms": np.where(missing, np.nan, 90.0 * random.lognormal(0.0, 0.5, number)),
        "cls": np.where(missing, np.nan, 0.05 * random.lognormal(0.0, 1.0, number)),
        "ux_errors": np.add.reduceat(ages.ux_errors, ages.first[:-1]),
        "interactions": np.add.reduceat(ages.interactions, ages.first[:-1]),
    }


def _dimension(random: Random, number: int, size: int) -> Coded:
    share = 1.0 / np.arange(1, size + 1)
    codes = random.choice(size, number, p=share / share.sum()).astype(np.int32)
    return Coded(codes, tuple(f"v{code}" for code in range(size)))


def _left(length: Floats, first_drop: Floats, leaving: float) -> Floats:
    """What is left after a drop passes `leaving` times as fast."""
    calm = np.minimum(first_drop, length)
    return calm + (length - calm) / leaving


def _ages(
    random: Random, length: Floats, first_drop: Floats, pace: Floats, after: float
) -> AgeBins:
    step = AGE_SECONDS / 60.0
    counts = np.maximum(np.ceil(length / step), 1).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])
    session = np.repeat(np.arange(len(length)), counts)
    begin = (np.arange(first[-1]) - first[session]) * step
    minutes = np.clip(length[session] - begin, 0.0, step)
    calm = np.clip(first_drop[session] - begin, 0.0, minutes)
    expected = pace[session] * (calm + after * (minutes - calm))
    return AgeBins(
        first=first,
        interactions=random.poisson(expected).astype(np.float64),
        ux_errors=random.poisson(minutes * 0.02).astype(np.float64),
        drops=np.zeros(first[-1]),
        open_minutes=minutes,
        visible_minutes=minutes,
    )
