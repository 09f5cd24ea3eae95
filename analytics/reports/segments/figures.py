"""The figures of segments with their intervals, and the differences of two of them; pure.

Percentiles are those of the shared histogram. Intervals are at 95 % over sessions
(`analytics.stats.over_sessions`), of stability Wilson's. The difference of two independent
figures has the interval of Zou and Donner (2008), Statistics in Medicine 27: each end as far from
the difference as the ends of both figures are from them, added as squares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.query.arrays import Floats
from analytics.reports.segments.additive import Additive
from analytics.stats.intervals import wilson_bounds
from analytics.stats.over_sessions import ratios
from analytics.stats.over_sessions.percentiles import percentiles_ms
from analytics.stats.over_sessions.ratios import Flags, Intervals
from analytics.stats.session_moments import RatioMoments, ratio_of
from models.metrics.metric import Worse

HOUR_MS = 3_600_000
LEAST_SESSIONS = 30  # of fewer a figure says little: such segments are marked, and never ranked


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a segment: `label` and `unit` for people (`share` is from 0 to 1), and which
    direction is bad. `noun` is what its n counts."""

    label: str
    unit: str
    worse: Worse
    noun: str


FIGURES: Mapping[str, Figure] = {
    "latency_p50_ms": Figure("Round trip p50", "ms", Worse.UP, "round trips"),
    "latency_p95_ms": Figure("Round trip p95", "ms", Worse.UP, "round trips"),
    "latency_p99_ms": Figure("Round trip p99", "ms", Worse.UP, "round trips"),
    "latency_mean_ms": Figure("Average latency", "ms", Worse.UP, "round trips"),
    "connect_success": Figure("Connect success", "share", Worse.DOWN, "attempts"),
    "stability": Figure("Stability", "share", Worse.DOWN, "sessions"),
    "drops_per_session_hour": Figure("Drops per session-hour", "per hour", Worse.UP, "reports"),
    "error_rate": Figure("Message error rate", "share", Worse.UP, "messages"),
    "without_connection": Figure("Time without connection", "share", Worse.UP, "reports"),
}
ENDS = ("", "_low", "_high")  # of the names of a figure and its interval
INTERVALS: Mapping[str, Callable[[Floats, RatioMoments, RatioMoments, Floats], Intervals]] = {
    "connect_success": ratios.shares,
    "drops": ratios.rates,
    "error_rate": ratios.shares_of_few,
    "without_connection": ratios.shares,
    "latency_mean": ratios.means,
}
QUANTILES = {"latency_p50_ms": 0.5, "latency_p95_ms": 0.95, "latency_p99_ms": 0.99}


@dataclass(frozen=True, slots=True)
class FigureValues:
    """A figure of each segment, (rows,): `n` is unweighted; NaN: nothing was counted, of `low` and
    `high` that the interval is not known: where `too_few`, because too few sessions bear on it."""

    value: Floats
    low: Floats
    high: Floats
    n: Floats
    too_few: Flags


@dataclass(frozen=True, slots=True)
class Difference:
    """This figure minus another, with its 95 % interval; NaN: not known."""

    value: Floats
    low: Floats
    high: Floats


def figures_of(of: Additive, usual: Floats) -> dict[str, FigureValues]:
    """All of `FIGURES`, by key; `usual` are the moments of all people, (1, SIZE)."""
    figures = {key: _percentile(of, share) for key, share in QUANTILES.items()}
    latency, trips_us = of.latency, of.latency.sums_us[:, 0]
    trips = latency.counts[:, 0].sum(axis=-1)
    mean = _ratio(of, usual, "latency_mean", trips_us, trips)
    figures["latency_mean_ms"] = _scaled(mean, 1e-3, latency.n[:, 0])
    sums, n = of.sums, of.n
    failed = _ratio(of, usual, "connect_success", sums["failed"], sums["tries"])
    figures["connect_success"] = FigureValues(
        1 - failed.value, 1 - failed.high, 1 - failed.low, n["tries"], failed.too_few
    )
    figures["stability"] = _stability(of)
    visible = sums["open_ms"] + sums["downtime_ms"] - sums["downtime_hidden_ms"]
    drops = _ratio(of, usual, "drops", sums["drops"], visible)
    figures["drops_per_session_hour"] = _scaled(drops, HOUR_MS, of.reports)
    messages, n_messages = (each["sent"] + each["received"] for each in (sums, n))
    errors = _ratio(of, usual, "error_rate", sums["errors"], messages)
    figures["error_rate"] = _scaled(errors, 1.0, n_messages)
    away, judged = sums["without_connection_ms"], sums["judged_ms"]
    without = _ratio(of, usual, "without_connection", away, judged)
    figures["without_connection"] = _scaled(without, 1.0, n["judged_reports"])
    return figures


def difference(own: FigureValues, other: FigureValues) -> Difference:
    """`own` minus `other`, of other people or another time."""
    value = own.value - other.value
    below = np.sqrt((own.value - own.low) ** 2 + (other.high - other.value) ** 2)
    above = np.sqrt((own.high - own.value) ** 2 + (other.value - other.low) ** 2)
    return Difference(value, value - below, value + above)


def is_small(of: Additive) -> Floats:
    """1 where a segment has too few sessions to be ranked, or an unknown number."""
    return np.where(of.sessions >= LEAST_SESSIONS, 0.0, 1.0)


def _percentile(of: Additive, share: float) -> FigureValues:
    counts, n = of.latency.counts[:, 0], of.latency.n[:, 0]
    days = ratio_of(of.moments, "latency_mean").x
    scale = _divided(counts.sum(axis=-1), days)
    each = percentiles_ms(share, counts, of.moments, scale)
    return FigureValues(each.value, each.low, each.high, n, each.too_few)


def _ratio(of: Additive, usual: Floats, name: str, bad: Floats, exposure: Floats) -> Intervals:
    moments, intervals = ratio_of(of.moments, name), INTERVALS[name]
    value = _divided(bad, exposure)
    if intervals in (ratios.shares, ratios.shares_of_few):
        value = value.clip(0.0, 1.0)
    return intervals(value, moments, ratio_of(usual, name), _divided(exposure, moments.x))


def _stability(of: Additive) -> FigureValues:
    value = _divided(of.calm, of.sessions)
    low, high = wilson_bounds(value, of.sessions)
    return FigureValues(value, low, high, of.sessions, np.zeros(len(value), dtype=np.bool_))


def _scaled(each: Intervals, unit: float, n: Floats) -> FigureValues:
    return FigureValues(each.value * unit, each.low * unit, each.high * unit, n, each.too_few)


def _divided(above: Floats, below: Floats) -> Floats:
    value = np.full(above.shape, np.nan)
    np.divide(above, below, out=value, where=below > 0)
    return value
