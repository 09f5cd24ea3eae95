"""A sample as the payload of `/api/ws/server-metrics`."""

from typing import Any

from models.raw.server_samples import Histogram, ServerSample


def sample_of(sample: ServerSample) -> dict[str, Any]:
    """The payload; its times stay `datetime` until the exporter corrects and formats them."""
    return {
        "sample_id": str(sample.sample_id),
        "service": sample.service,
        "instance": sample.instance,
        "app": sample.app,
        "period_start": sample.period_start,
        "period_end": sample.period_end,
        "connections": _connections(sample),
        "messages": _messages(sample),
        "performance": _performance(sample),
    }


def _connections(sample: ServerSample) -> dict[str, Any]:
    return {
        "active": sample.active,
        "opened": sample.opened,
        "closed": sample.closed,
        "slow_closes": sample.slow_closes,
        "duration_ms": _durations(sample.duration),
    }


def _messages(sample: ServerSample) -> dict[str, Any]:
    return {
        "sent": sample.sent,
        "received": sample.received,
        "bytes_sent": sample.bytes_sent,
        "bytes_received": sample.bytes_received,
        "errors": sum(sample.errors.values()),
        "errors_by_kind": sample.errors,
    }


def _performance(sample: ServerSample) -> dict[str, Any]:
    return {
        "processing_ms": _durations(sample.processing),
        "cpu_ms": sample.cpu_ms,
        "memory_bytes": sample.memory_bytes,
        "descriptors": sample.descriptors,
    }


def _durations(histogram: Histogram) -> dict[str, Any]:
    return {"histogram": {str(bucket): count for bucket, count in histogram.counts.items()}}
