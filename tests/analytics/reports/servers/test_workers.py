"""Processes of other services stand behind our own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.reports.servers.workers import workers_of
from models.metrics.server_catalogue import OWN_SERVICE

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def row(service: str, instance: str, **fields: Any) -> dict[str, Any]:
    defaults = {
        "service": service, "instance": instance, "active": 3, "sent": 10, "received": 5,
        "outbox_bytes": 0, "loop_lag": b"", "cpu_ms": 500, "memory_bytes": 1000,
        "descriptors": 9, "period_start": NOON - timedelta(seconds=5), "period_end": NOON,
    }  # fmt: skip
    return defaults | fields


def test_rates_and_shares_are_of_the_last_interval() -> None:
    heartbeat = {"instance": "a:1:x", "node": "a", "heartbeat_at": NOON, "started_at": NOON}
    now = [row("chat", "b:2"), row("chat", "b:2", cpu_ms=None), row(OWN_SERVICE, "a:1:x")]
    ours, theirs = workers_of(now, [heartbeat])
    assert (ours.service, ours.started, ours.cpu) == (OWN_SERVICE, NOON, 0.1)
    assert (theirs.service, theirs.node, theirs.started) == ("chat", "b", None)
    assert (theirs.active, theirs.messages_per_second, theirs.loop_lag_ms) == (6, 6.0, None)
