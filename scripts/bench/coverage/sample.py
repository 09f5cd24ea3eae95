"""A sample of a population as the store counts it: sessions by their own sample rates."""

import numpy as np

from analytics.reports.segments.additive import SUMS, Additive
from analytics.stats.histograms import Histograms
from analytics.stats.session_moments import Floats, SessionSums, moments_of
from models.metrics import weights

from .population import Population

LEAST_RATE = 0.1
DROPS = 1  # the column of drops


def sampled(rng: np.random.Generator, of: Population, sessions: int) -> Additive:
    """One segment of so many reached sessions. Rates are uniform from `LEAST_RATE` to 1, so those
    of sessions that are reached have a density that grows with the rate."""
    rows = rng.integers(0, len(of.bad), sessions)
    rates = np.sqrt(rng.uniform(LEAST_RATE**2, 1.0, sessions))
    of_counts = np.array([weights.count_weight(rate) / weights.PARTS for rate in rates])
    of_durations = np.array([float(weights.duration_weight(rate)) for rate in rates])
    bad, exposure = (each[rows] * of_counts[:, None] for each in (of.bad, of.exposure))
    trips = of.trips[rows]
    weighted = of_durations @ of.counts[rows]
    micros = of.sums_us[rows] * of_durations
    dropped = (of.bad[rows, DROPS] > 0).astype(np.float64)
    sums = SessionSums(
        bad=np.concatenate([bad, micros[:, None]], axis=1),
        exposure=np.concatenate([exposure, (trips * of_durations)[:, None]], axis=1),
        above=of.above[rows] * of_durations[:, None],
        dropped=dropped,
    )
    number = np.arange(sessions)
    return Additive(
        sums=_by_name(bad.sum(axis=0), exposure.sum(axis=0)),
        n=_by_name(of.bad[rows].sum(axis=0), of.exposure[rows].sum(axis=0)),
        reports=np.array([float(sessions)]),
        sessions=np.array([float(sessions)]),
        calm=np.array([sessions - dropped.sum()]),
        latency=Histograms(
            weighted[None, None], np.array([[trips.sum()]]), np.array([[micros.sum()]])
        ),
        moments=moments_of(number, np.zeros_like(number), sums, 1),
    )


def _by_name(bad: Floats, exposure: Floats) -> dict[str, Floats]:
    """In the order of `population.RATIOS`."""
    return dict.fromkeys(SUMS, np.zeros(1)) | {
        "failed": bad[:1], "opened": exposure[:1] - bad[:1], "tries": exposure[:1],
        "drops": bad[1:2], "open_ms": exposure[1:2],
        "errors": bad[2:3], "sent": exposure[2:3],
        "without_connection_ms": bad[3:4], "judged_ms": exposure[3:4],
    }  # fmt: skip
