"""Samples of the demo's worker processes: loop lag, CPU, memory and open files of each.

The third worker is slow while messages are rejected; memory grows until the restart.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from models.metrics.server_catalogue import OWN_SERVICE
from models.raw.server_samples import ServerSample

from .histograms import histogram
from .incidents import Incident

WORKERS = ("demo:4101", "demo:4102", "demo:4103")
WAKEUPS = 24  # drawn per sample, with equal weight
WAKEUPS_PER_SECOND = 10
USUAL_LAG_MS = 0.35
MEGABYTE = 1_000_000


def workers(
    rng: np.random.Generator,
    planted: Mapping[str, Incident],
    at: datetime,
    step: timedelta,
    *,
    busy: float,
    seconds: float,
) -> Iterator[ServerSample]:
    """A sample of each worker; `busy` is the activity (0..1), `seconds` since the begin."""
    is_degraded = planted["rejected"].start <= seconds < planted["rejected"].end
    since = seconds - planted["restart"].end
    days_running = (since if since > 0 else seconds) / 86_400
    for index, instance in enumerate(WORKERS):
        lag_factor = 60.0 if is_degraded and index == 2 else 1.0
        lag = USUAL_LAG_MS * lag_factor * (1 + busy) * rng.lognormal(0, 0.7, WAKEUPS)
        load = min(
            0.95, 0.04 + 0.22 * busy * rng.uniform(0.8, 1.2) + (0.5 if lag_factor > 1 else 0)
        )
        weight = max(1, int(step.total_seconds() * WAKEUPS_PER_SECOND) // WAKEUPS)
        yield ServerSample(
            sample_id=UUID(bytes=rng.bytes(16), version=4),
            period_start=at - step,
            period_end=at,
            received_at=at,
            service=OWN_SERVICE,
            instance=instance,
            loop_lag=histogram(lag, weight),
            cpu_ms=round(load * step.total_seconds() * 1000),
            memory_bytes=round((96 + 3.5 * index + 1.6 * days_running + 14 * busy) * MEGABYTE),
            descriptors=round(28 + 24 * busy * rng.uniform(0.85, 1.15)),
        )
