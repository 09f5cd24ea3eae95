"""The values of each report: counts and round trips, altered by the planted incidents."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS

from . import world
from .incidents import Incident
from .sessions import PLATFORMS, Floats, Ints, Sessions

ROUND_TRIPS, REPLIES = 6, 2  # a minute
REPLY_TAKES = 2.2  # round trips, and 40 ms of the application
SPREAD = 0.26  # of the logarithm of a round trip
SLOWER_ON_3G = 1.3
SLOW = 5.0  # round trips are, while an incident lasts
DROPS = 0.002  # a minute
REJECTED = 1 / 6  # of messages, while an incident lasts
_bounds = np.array(BOUNDS_US, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ReportTimes:
    """One row per report: its session, its minute in the session, its end (s since the begin)."""

    session: Ints
    minute: Ints
    end: Floats
    is_last: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measurements:
    """Columns of equal length, one value per report; histograms as (offsets, buckets, counts)."""

    failed: Ints
    drops: Ints
    restarted: NDArray[np.bool_]
    extra_attempts: Ints
    sent: Ints
    received: Ints
    errors: Ints
    queued: Ints
    ux_errors: Ints
    round_trip: Floats
    recovery_ms: Floats
    latency: tuple[Ints, Ints, Ints]
    latency_sum_us: Ints
    reply: tuple[Ints, Ints, Ints]
    reply_sum_us: Ints


def affected(incident: Incident, sessions: Sessions, times: ReportTimes) -> NDArray[np.bool_]:
    """The mask of the reports that an incident affects."""
    mask = (times.end >= incident.start) & (times.end < incident.end)
    apps = [app.name for app in world.APPS]
    if incident.app:
        mask &= sessions.app[times.session] == apps.index(incident.app)
    if incident.country:
        codes = [country.code for country in world.COUNTRIES]
        mask &= sessions.country[times.session] == codes.index(incident.country)
    if incident.browser:
        browsers = [browser for browser, *_ in PLATFORMS]
        mask &= sessions.platform[times.session] == browsers.index(incident.browser)
    return mask


def measure(
    rng: np.random.Generator,
    sessions: Sessions,
    times: ReportTimes,
    planted: dict[str, Incident],
) -> Measurements:
    """Draw the values of all reports; the begin is a midnight, UTC."""
    count = len(times.session)
    hit = {name: affected(incident, sessions, times) for name, incident in planted.items()}
    hit["dropping"] &= sessions.second_release[times.session]
    on_3g = sessions.on_3g[times.session]
    trip = _round_trips(rng, sessions, times) * np.where(hit["slow"], SLOW, 1.0)
    drops = rng.poisson(DROPS * (1 + on_3g) * np.where(hit["dropping"], 12.0, 1.0))
    drops = np.where(hit["restart"], np.maximum(drops, 1), drops)
    sent = rng.poisson(18, count)
    wrong = np.where(hit["rejected"], REJECTED, 0.0016)
    latency, total = _histograms(rng, trip, ROUND_TRIPS)
    reply, reply_total = _histograms(rng, trip * REPLY_TAKES + 40, REPLIES)
    return Measurements(
        failed=rng.poisson(np.where(hit["refused"], 2.0, 0.012)) * (times.minute == 0),
        drops=drops,
        restarted=hit["restart"],
        extra_attempts=rng.binomial(drops, 0.25),
        sent=sent,
        received=rng.poisson(27, count),
        errors=rng.binomial(sent + 27, wrong),
        queued=rng.poisson(0.05 + 2.0 * drops),
        ux_errors=rng.poisson(0.01 + 0.5 * hit["rejected"] + 0.2 * drops),
        round_trip=trip,
        recovery_ms=rng.lognormal(np.log(np.where(hit["restart"], 6500, 1700)), 0.6),
        latency=latency,
        latency_sum_us=total,
        reply=reply,
        reply_sum_us=reply_total,
    )


def _round_trips(rng: np.random.Generator, sessions: Sessions, times: ReportTimes) -> Floats:
    """Median round trip of each report in ms, by country, network, session and time of day."""
    base = np.array([country.round_trip_ms for country in world.COUNTRIES])
    own = rng.lognormal(0, 0.15, len(sessions.start))
    median = base[sessions.country] * own * np.where(sessions.on_3g, SLOWER_ON_3G, 1.0)
    utc_hour = (times.end / 3600) % 24
    busy = 1 + 0.22 * np.sin((utc_hour - 8.5) / 24 * 2 * np.pi).clip(0)
    return np.asarray(median[times.session] * busy * rng.lognormal(0, 0.1, len(times.end)))


def _histograms(
    rng: np.random.Generator, medians_ms: Floats, number: int
) -> tuple[tuple[Ints, Ints, Ints], Ints]:
    samples = medians_ms[:, None] * rng.lognormal(0, SPREAD, (len(medians_ms), number))
    samples *= np.where(rng.random(samples.shape) < 0.015, 6.0, 1.0)  # now and then a stall
    microseconds = np.floor(samples.clip(0.1, 600_000) * 1000 + 0.5)
    buckets = (np.searchsorted(_bounds, microseconds, side="right") - 1).clip(0, BUCKETS - 1)
    rows = np.arange(len(medians_ms))[:, None] * BUCKETS
    cells, counts = np.unique(rows + buckets, return_counts=True)
    offsets = np.searchsorted(cells // BUCKETS, np.arange(len(medians_ms) + 1))
    return (offsets, cells % BUCKETS, counts), microseconds.sum(axis=1).astype(np.int64)
