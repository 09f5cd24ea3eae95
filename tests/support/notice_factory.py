"""Notices with default values."""

from datetime import timedelta
from typing import Any

from analytics.notifications.notice import Notice
from tests.support.clock import NOON

DEFAULTS: dict[str, Any] = {
    "kind": "firing",
    "rule": "Message latency",
    "alert_id": 7,
    "labels": {"country": "BR"},
    "severity": "critical",
    "metric": "latency_ms",
    "label": "Message latency",
    "unit": "ms",
    "aggregation": "95th percentile of",
    "value": 412.0,
    "threshold": 200.0,
    "clear_threshold": 160.0,
    "direction": "above",
    "n": 980,
    "noun": "messages",
    "since": NOON - timedelta(minutes=45),
    "at": NOON,
    "path": "/admin/websocket-analytics/alerts?alert=7",
    "usual_low": 84.0,
    "usual_high": 120.0,
    "runbook": "Call the edge's provider.",
    "history": tuple((NOON - timedelta(minutes=5 * n), 90.0 + n % 7) for n in range(60, 0, -1)),
}


def a_notice(**values: Any) -> Notice:
    """A firing latency alert of Brazil; `values` override its fields."""
    return Notice(**DEFAULTS | values)
