"""Intervals over sessions hold the true figure as often as they promise."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from analytics.stats import session_intervals
from analytics.stats.session_intervals import Floats, Intervals
from analytics.stats.session_moments import (
    SIZE,
    SessionSums,
    above_boundaries,
    moments_of,
    ratio_of,
)
from models.metrics.histogram import BOUNDS_US, BUCKETS

SHARES = (0.5, 0.95, 0.99)
LEAST, MOST = 0.93, 0.97
LEAST_RATE = 0.1
REACHED = (1 + LEAST_RATE) / 2  # of sessions, by the mean of the rates


@dataclass(frozen=True)
class People:
    """Sessions, a row each: 1 to 500 samples that are alike; some in an outage."""

    rate: Floats
    samples: Floats
    bad: Floats
    exposure: Floats
    typical: Floats  # of the logarithms of round trips
    slow: Floats


def people(rng: np.random.Generator, number: int) -> People:
    samples = rng.integers(1, 501, number).astype(float)
    is_out = rng.random(number) < 0.08
    hours = samples / 500 * np.exp(rng.normal(0, 0.4, number))
    opened = 1 + rng.poisson(0.3, number)
    failed = rng.binomial(1, 0.05, number) + is_out * rng.integers(1, 120, number)
    drops = rng.poisson(hours * 0.5 * np.exp(rng.normal(0, 0.7, number))) + is_out
    sent = rng.poisson(samples * 4) + 1
    errors = rng.binomial(sent, np.where(is_out, 0.2, 0.004 * np.exp(rng.normal(0, 1, number))))
    away = np.minimum(hours, drops * np.exp(rng.normal(-4, 0.7, number)))
    return People(
        rate=rng.uniform(LEAST_RATE, 1.0, number),
        samples=samples,
        bad=np.stack([failed, drops, errors, away], axis=1).astype(float),
        exposure=np.stack([opened + failed, hours, sent, hours], axis=1).astype(float),
        typical=rng.normal(4.4, 0.5, number),
        slow=np.where(is_out, 0.5, 0.0),
    )


def durations_of(rng: np.random.Generator, of: People) -> tuple[Floats, Floats]:
    """Counts (sessions, BUCKETS), and the sums of each session."""
    rows = np.repeat(np.arange(len(of.samples)), of.samples.astype(int))
    ms = np.exp(of.typical[rows] + of.slow[rows] + rng.normal(0, 0.4, len(rows)))
    buckets = np.searchsorted(np.array(BOUNDS_US) / 1000, ms, side="right") - 1
    counts = np.bincount(rows * BUCKETS + buckets, minlength=len(of.samples) * BUCKETS)
    sums: Floats = np.bincount(rows, ms, len(of.samples)).astype(np.float64)
    return counts.reshape(-1, BUCKETS).astype(np.float64), sums


def truth(number: int) -> dict[str, float]:
    """The figures of so many people."""
    rng = np.random.default_rng(7)
    all_people = people(rng, number)
    bad, exposure = all_people.bad.sum(axis=0), all_people.exposure.sum(axis=0)
    figures = dict(zip(("connect", "drops", "errors", "away"), bad / exposure, strict=True))
    part = number // 16
    rows = np.repeat(np.arange(part), all_people.samples[:part].astype(int))
    logs = all_people.typical[rows] + all_people.slow[rows] + rng.normal(0, 0.4, len(rows))
    figures |= {f"p{share}": float(np.exp(np.quantile(logs, share))) for share in SHARES}
    return figures | {"mean": float(np.exp(logs).mean())}


def intervals_of(rng: np.random.Generator, sessions: int) -> dict[str, Intervals]:
    everybody = people(rng, round(sessions / REACHED))
    reached = np.flatnonzero(rng.random(len(everybody.rate)) < everybody.rate)
    of = People(*(getattr(everybody, name)[reached] for name in People.__dataclass_fields__))
    weight = 1 / of.rate
    counts, sums = durations_of(rng, of)
    rounded = np.rint(weight)[:, None]
    ones = np.arange(len(weight))
    moments = moments_of(
        ones, np.zeros_like(ones),
        SessionSums(
            bad=np.concatenate([of.bad * weight[:, None], sums[:, None] * rounded], axis=1),
            exposure=np.concatenate(
                [of.exposure * weight[:, None], of.samples[:, None] * rounded], axis=1
            ),
            above=above_boundaries(counts * rounded),
            dropped=(of.bad[:, 1] > 0).astype(float),
        ),
        1,
    )  # fmt: skip
    assert moments.shape == (1, SIZE)
    same, total = np.ones(1), (counts * rounded).sum(axis=0)[None]
    figures = {}
    for name, key, kind in (
        ("connect", "connect_success", session_intervals.shares),
        ("drops", "drops", session_intervals.rates),
        ("errors", "error_rate", session_intervals.shares),
        ("away", "without_connection", session_intervals.shares),
        ("mean", "latency_mean", session_intervals.means),
    ):
        ratio = ratio_of(moments, key)
        figures[name] = kind(ratio.y / ratio.x, ratio, same)
    return figures | {
        f"p{share}": session_intervals.percentiles_ms(share, total, moments, same)
        for share in SHARES
    }


def coverage(sessions: int, rounds: int, of_people: int) -> dict[str, float]:
    rng, expected, hits = np.random.default_rng(sessions), truth(of_people), Counter[str]()
    for _ in range(rounds):
        for name, each in intervals_of(rng, sessions).items():
            hits[name] += int(each.low[0] <= expected[name] <= each.high[0])
    return {name: hits[name] / rounds for name in expected}


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_intervals_cover_as_promised() -> None:
    shares = coverage(2000, 1000, 800_000)
    assert {name: share for name, share in shares.items() if not LEAST <= share <= MOST} == {}


def test_a_few_rounds_cover() -> None:
    """Of 30 rounds more than 5 miss in 3 of 1000 runs; the seed is fixed."""
    assert {name: n for name, n in coverage(800, 30, 160_000).items() if n < 25 / 30} == {}
