"""Factories of what the server pages draw: a quarter of an hour before noon, minute by minute."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from analytics.reports.server_answers import (
    Connections,
    Performance,
    RoomsNow,
    ServerMessages,
    ServerMetrics,
    ServerPoint,
)
from analytics.reports.servers.workers import Worker
from analytics.stats.duration_steps import DurationSteps
from dashboard.core.url_state import View
from dashboard.server.data import ServerData
from models.metrics.server_catalogue import OWN_SERVICE
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations, durations_of

QUARTER = timedelta(minutes=15)


def a_worker(**fields: Any) -> Worker:
    """A healthy worker of the product itself."""
    defaults: dict[str, Any] = {
        "id": "host:4711:abc", "service": OWN_SERVICE, "node": "host", "heartbeat": NOON,
        "started": NOON, "active": 12, "messages_per_second": 3.5, "outbox_bytes": 0,
        "loop_lag_ms": 1.5, "cpu": 0.1, "memory_bytes": 64_000_000, "descriptors": 30,
    }  # fmt: skip
    return Worker(**(defaults | fields))


def a_point(minutes: int, **fields: Any) -> ServerPoint:
    """A step that begins `minutes` into the range."""
    defaults: dict[str, Any] = {
        "t": NOON - QUARTER + timedelta(minutes=minutes), "active": 10.0, "opened": 6, "closed": 4,
        "abnormal_closes": 1, "sent": 90, "received": 30, "errors": 3, "rooms": 2.0, "members": 8.0,
        "n": 40, "p50": 5.0, "p95": 20.0, "p99": 40.0,
    }  # fmt: skip
    return ServerPoint(**(defaults | fields))


def connections(**fields: Any) -> Connections:
    """12 open, 30 opened, nothing closed."""
    defaults: dict[str, Any] = {
        "active": 12, "opened": 30, "closed": {}, "closed_by": {}, "abnormal_closes": 0,
        "rejected": {}, "rate_per_minute": 2.0, "unique_users": 9, "slow_closes": 0, "stale": 0,
        "duration_ms": durations(),
    }  # fmt: skip
    return Connections(**(defaults | fields))


def messages(**fields: Any) -> ServerMessages:
    """240 messages without an error."""
    defaults: dict[str, Any] = {
        "sent": 180, "received": 60, "bytes_sent": 18_000, "bytes_received": 6_000, "errors": 0,
        "errors_by_kind": {}, "by_type": {},
    }  # fmt: skip
    return ServerMessages(**(defaults | fields))


def performance(**fields: Any) -> Performance:
    """80 round trips, nothing else measured."""
    defaults: dict[str, Any] = {
        "message_latency_ms": durations(80, 5.0, 20.0), "broadcast_ms": durations(),
        "processing_ms": durations(), "loop_lag_ms": durations(), "outbox_bytes": 0,
    }  # fmt: skip
    return Performance(**(defaults | fields))


def server_metrics(**fields: Any) -> ServerMetrics:
    """Two minutes of one worker."""
    defaults: dict[str, Any] = {
        "at": NOON, "start": NOON - QUARTER, "end": NOON, "data_as_of": NOON,
        "resolution": "minute", "step_seconds": 60, "filters": {}, "zone": "UTC",
        "latest_sample": NOON,
        "workers": [a_worker()], "connections": connections(), "messages": messages(),
        "rooms": RoomsNow(active=2, members=8, top=[]), "performance": performance(), "sources": [],
        "agents": [], "not_counted": {},
        "series": [a_point(0), a_point(1)],
    }  # fmt: skip
    return ServerMetrics(**(defaults | fields))


def nothing_measured(**fields: Any) -> ServerMetrics:
    """A range without samples or workers."""
    defaults: dict[str, Any] = {
        "workers": [], "series": [], "latest_sample": None,
        "connections": connections(active=0, opened=0, unique_users=0),
        "messages": messages(sent=0, received=0), "rooms": RoomsNow(active=0, members=0, top=[]),
        "performance": performance(message_latency_ms=durations()),
    }  # fmt: skip
    return server_metrics(**(defaults | fields))


def server_data(
    current: ServerMetrics, before: ServerMetrics | None = None, view: View | None = None,
    zone: str = "UTC", latency: DurationSteps | None = None,
) -> ServerData:  # fmt: skip
    """The page's data of one or two ranges."""
    return ServerData(
        view=view or View(preset="15m"), window=TimeRange(current.start, current.end), now=NOON,
        zone=ZoneInfo(zone), current=current, durations=durations_of(current, latency),
        before=before, durations_before=durations_of(before, None) if before else {},
    )  # fmt: skip


FIXED = View(start=NOON - QUARTER, end=NOON)
