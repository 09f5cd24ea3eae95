"""The demo's worker processes: lag of the loop, processor, memory and descriptors of each.

The third worker breathes badly while messages are rejected; memory grows until the restart.
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
WAKINGS = 24  # drawn for a sample; their counts stand for all
WAKINGS_A_SECOND = 10
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
    """One sample of each worker; `busy` is 1 at most, `seconds` how long the demo goes on."""
    is_hurt = planted["rejected"].start <= seconds < planted["rejected"].end
    since = seconds - planted["restart"].end
    grown = (since if since > 0 else seconds) / 86_400
    for place, instance in enumerate(WORKERS):
        hurt = 60.0 if is_hurt and place == 2 else 1.0
        lag = USUAL_LAG_MS * hurt * (1 + busy) * rng.lognormal(0, 0.7, WAKINGS)
        load = min(0.95, 0.04 + 0.22 * busy * rng.uniform(0.8, 1.2) + (0.5 if hurt > 1 else 0))
        each = max(1, int(step.total_seconds() * WAKINGS_A_SECOND) // WAKINGS)
        yield ServerSample(
            sample_id=UUID(bytes=rng.bytes(16), version=4),
            period_start=at - step,
            period_end=at,
            received_at=at,
            service=OWN_SERVICE,
            instance=instance,
            loop_lag=histogram(lag, each),
            cpu_ms=round(load * step.total_seconds() * 1000),
            memory_bytes=round((96 + 3.5 * place + 1.6 * grown + 14 * busy) * MEGABYTE),
            descriptors=round(28 + 24 * busy * rng.uniform(0.85, 1.15)),
        )
