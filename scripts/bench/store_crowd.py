"""The reports of a thousand clients within one minute, for the benchmark of the store."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import numpy as np

from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport

CLIENTS = 1000
EVERY_SECONDS = 15


def reports(start: datetime) -> list[ClientReport]:
    """The reports of the minute that begins at `start`, one of each client every 15 s."""
    rng = np.random.default_rng(2)
    client_reports = []
    for client in range(CLIENTS):
        for number in range(60 // EVERY_SECONDS):
            values = (40 * rng.lognormal(0, 0.7, 3)).tolist()
            histogram = bucket_counts(values)
            at = start + timedelta(seconds=EVERY_SECONDS * number + client / CLIENTS * 10)
            client_reports.append(
                ClientReport(
                    session_id=UUID(int=client + 1), report_id=uuid4(), period_end=at,
                    period_start=at - timedelta(seconds=EVERY_SECONDS), received_at=at,
                    app=("portal", "kiosk", "chat")[client % 3], release="2.4.1",
                    page=f"/page/{client % 30}", country=f"A{'ABCDEFGHIJ'[client % 10]}",
                    browser=f"Chrome {client % 12}", effective_type="4g", sent=10, received=12,
                    latency_buckets=tuple(histogram), latency_counts=tuple(histogram.values()),
                    latency_sum_us=round(sum(values) * 1000),
                )
            )  # fmt: skip
    return client_reports
