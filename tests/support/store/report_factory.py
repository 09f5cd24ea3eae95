"""Factory of client reports: a minute before noon, with distinct ids by default."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport
from tests.support.clock import NOON


def report(latency_ms: tuple[float, ...] = (), **fields: Any) -> ClientReport:
    """A report of app `portal` with the given fields and round trips."""
    end = fields.setdefault("period_end", NOON - timedelta(minutes=1))
    histogram = bucket_counts(latency_ms)
    defaults: dict[str, Any] = {
        "session_id": uuid4(),
        "report_id": uuid4(),
        "period_start": end - timedelta(seconds=15),
        "received_at": end,
        "app": "portal",
        "latency_buckets": tuple(histogram),
        "latency_counts": tuple(histogram.values()),
        "latency_sum_us": round(sum(latency_ms) * 1000),
    }
    return ClientReport(**{**defaults, **fields})


def robots_like(reports: list[ClientReport]) -> list[ClientReport]:
    """Every third session again, as one of a crawler."""
    return [
        msgspec.structs.replace(
            each, session_id=UUID(int=each.session_id.int + 2**64), automated="Googlebot",
            report_id=uuid4(),
        )
        for each in reports
        if each.session_id.int % 3 == 0
    ]  # fmt: skip
