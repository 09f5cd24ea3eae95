"""Factory of server samples: five seconds that end a minute before noon."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from models.metrics.histogram import bucket_counts
from models.metrics.server_catalogue import OWN_SERVICE
from models.metrics.server_columns import HISTOGRAMS
from models.raw.server_samples import Histogram, ServerSample
from tests.support.clock import NOON


def sample(**fields: Any) -> ServerSample:
    """A sample of app `portal` with the given fields; histograms are given as durations in ms."""
    end = fields.setdefault("period_end", NOON - timedelta(minutes=1))
    for name in HISTOGRAMS:
        values = fields.get(name, ())
        fields[name] = Histogram(bucket_counts(values), round(sum(values) * 1000))
    defaults: dict[str, Any] = {
        "sample_id": uuid4(),
        "period_start": end - timedelta(seconds=5),
        "received_at": end,
        "service": OWN_SERVICE,
        "instance": "host:1",
        "app": "portal",
    }
    return ServerSample(**{**defaults, **fields})


def a_sample(at: datetime, **fields: Any) -> ServerSample:
    """Five seconds of our own service without any figure, ending at `at`."""
    defaults: dict[str, Any] = {
        "sample_id": uuid4(), "period_start": at - timedelta(seconds=5), "period_end": at,
        "received_at": at, "service": OWN_SERVICE, "instance": "one", "app": "portal",
    }  # fmt: skip
    return ServerSample(**(defaults | fields))
