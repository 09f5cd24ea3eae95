"""A population of sessions whose true figures are exact, because it is finite; drawn at random.

Every population has parameters of its own: sizes are a mixture of a lognormal and a Pareto
distribution, cut to 1 to 500 samples; the logarithms of round trips have an effect of the day, one
of the session, and AR(1) noise within it; outages hit a share of the sessions of each day, and of
those a part of their time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.stats.session_moments import Floats, Index, above_boundaries
from models.metrics.histogram import BOUNDS_US, BUCKETS

SESSIONS = 20_000
DAYS = 7
LARGEST = 500  # samples of a session
SHARES = {"latency_p50_ms": 0.5, "latency_p95_ms": 0.95, "latency_p99_ms": 0.99}
RATIOS = ("connect_success", "drops", "error_rate", "without_connection")
HOUR_MS = 3_600_000
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Population:
    """Sessions, a row each: `bad` and `exposure` in the order of `RATIOS`, round trips as `counts`
    (sessions, BUCKETS), `above` (sessions, BOUNDARIES), how many `trips`, and their sums in
    microseconds; `truth` are the figures of all by key."""

    bad: Floats
    exposure: Floats
    counts: Floats
    above: Floats
    trips: Floats
    sums_us: Floats
    truth: Mapping[str, float]


def drawn(rng: np.random.Generator, sessions: int = SESSIONS) -> Population:
    """A population with parameters of its own."""
    day = rng.integers(0, DAYS, sessions)
    sizes = _sizes(rng, sessions)
    outage_by_day = np.minimum(rng.uniform(0.005, 0.12) * rng.lognormal(0, 0.8, DAYS), 0.5)
    is_out = rng.random(sessions) < outage_by_day[day]
    rows = np.repeat(np.arange(sessions), sizes)
    ms = np.exp(
        rng.uniform(3.5, 5.0)
        + rng.normal(0, 0.15, DAYS)[day][rows]
        + rng.normal(0, rng.uniform(0.2, 0.8), sessions)[rows]
        + _within(rng, sizes)
        + _slowness(rng, sizes, is_out)
    )
    bad, exposure = _events(rng, sizes, is_out)
    bucket = np.searchsorted(np.array(BOUNDS_US[:-1]) / 1000, ms, side="right") - 1
    flat = np.bincount(rows * BUCKETS + bucket, minlength=sessions * BUCKETS)
    counts = flat.reshape(sessions, BUCKETS).astype(np.float64)
    sums_us = np.bincount(rows, ms * 1000, sessions).astype(np.float64)
    return Population(
        bad,
        exposure,
        counts,
        above_boundaries(counts),
        sizes.astype(np.float64),
        sums_us,
        _truth(ms, bad, exposure),
    )


def _sizes(rng: np.random.Generator, sessions: int) -> Index:
    of_lognormal = rng.lognormal(rng.uniform(2.5, 4.0), rng.uniform(0.8, 1.4), sessions)
    of_pareto = 2 * (1 + rng.pareto(rng.uniform(0.9, 1.6), sessions))
    is_pareto = rng.random(sessions) < rng.uniform(0.1, 0.5)
    sizes = np.where(is_pareto, of_pareto, of_lognormal)
    return np.clip(sizes, 1, LARGEST).astype(np.int64)


def _within(rng: np.random.Generator, sizes: Index) -> Floats:
    """Stationary AR(1) noise of each session, in the order of its samples."""
    correlation, deviation = rng.uniform(0.5, 0.95), rng.uniform(0.2, 0.5)
    starts = np.cumsum(sizes) - sizes
    noise = rng.normal(0, deviation, int(sizes.sum()))
    fresh = (1 - correlation**2) ** 0.5
    for step in range(1, int(sizes.max())):
        at = starts[sizes > step] + step
        noise[at] = correlation * noise[at - 1] + fresh * noise[at]
    return noise


def _slowness(rng: np.random.Generator, sizes: Index, is_out: Flags) -> Floats:
    """What an outage adds, from one moment of the session to another."""
    first, last = np.sort(rng.random((2, len(sizes))), axis=0)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    part = (np.arange(len(rows)) - (np.cumsum(sizes) - sizes)[rows]) / sizes[rows]
    is_slow = is_out[rows] & (part >= first[rows]) & (part <= last[rows])
    return np.where(is_slow, rng.uniform(0.5, 2.5), 0.0)


def _events(rng: np.random.Generator, sizes: Index, is_out: Flags) -> tuple[Floats, Floats]:
    number = len(sizes)
    watched_ms = sizes * rng.gamma(2.0, 4_000.0, number)
    opened = 1 + rng.poisson(0.3, number)
    failed = rng.binomial(1, rng.uniform(0.01, 0.1), number)
    failed = failed + is_out * rng.geometric(1 / rng.uniform(5, 60), number)
    drops = rng.poisson(
        watched_ms / HOUR_MS * rng.uniform(0.2, 2.0) * rng.gamma(1.0, 1.0, number)
    ) + is_out * rng.geometric(0.5, number)
    sent = sizes * (1 + rng.poisson(3.0, number))
    chance = np.where(is_out, rng.beta(1, 4, number), rng.beta(0.5, 99, number))
    errors = rng.binomial(sent, chance)
    away_ms = np.minimum(watched_ms, drops * rng.exponential(20_000.0, number))
    bad = np.stack([failed, drops, errors, away_ms], axis=1)
    exposure = np.stack([opened + failed, watched_ms, sent, watched_ms], axis=1)
    return bad.astype(np.float64), exposure.astype(np.float64)


def _truth(ms: Floats, bad: Floats, exposure: Floats) -> dict[str, float]:
    ratios = dict(zip(RATIOS, bad.sum(axis=0) / exposure.sum(axis=0), strict=True))
    return {
        "connect_success": 1 - ratios["connect_success"],
        "drops_per_session_hour": ratios["drops"] * HOUR_MS,
        "error_rate": ratios["error_rate"],
        "without_connection": ratios["without_connection"],
        "stability": float((bad[:, 1] == 0).mean()),
        "latency_mean_ms": float(ms.mean()),
        **{
            key: float(np.quantile(ms, share, method="inverted_cdf"))
            for key, share in SHARES.items()
        },
    }
