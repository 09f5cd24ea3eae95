"""Factories of what Performance draws: minutes before noon, with round trips in the histogram."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.ranges.timerange import TimeRange
from analytics.reports.performance import (
    Percentiles,
    PerformancePoint,
    PerformanceReport,
    Process,
    ProcessPoint,
)
from analytics.reports.server_answers import Source
from dashboard.core.url_state import View
from dashboard.server.performance.data import PerformanceData
from models.metrics.histogram import BUCKETS, bucket_counts
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations

QUARTER = timedelta(minutes=15)
UNMEASURED = Percentiles(0, None, None, None)


def a_point(
    minutes: int, latency: Percentiles = UNMEASURED, broadcast: Percentiles = UNMEASURED
) -> PerformancePoint:
    """A step that begins `minutes` into the range."""
    at = NOON - QUARTER + timedelta(minutes=minutes)
    return PerformancePoint(t=at, latency=latency, broadcast=broadcast)


def a_process(name: str, *memory_bytes: int | None, **fields: Any) -> Process:
    """A process with one value of memory per minute; other `fields` are of each point."""
    values = {"n": 1, "loop_lag_p99": None, "cpu": None, "descriptors": None} | fields
    points = [
        ProcessPoint(t=NOON - QUARTER + timedelta(minutes=minute), memory_bytes=value, **values)
        for minute, value in enumerate(memory_bytes)
    ]
    return Process(service="ours", id=name, points=points)


def performance_data(
    round_trips_ms: tuple[tuple[float, ...], ...] = (), before: PerformanceReport | None = None,
    view: View | None = None, **fields: Any,
) -> PerformanceData:  # fmt: skip
    """The page's data; `round_trips_ms` are those of each minute for the histogram."""
    current = a_performance(round_trips_ms, **fields)
    return PerformanceData(
        view=view or View(preset="15m"), window=TimeRange(current.start, current.end), now=NOON,
        zone=ZoneInfo("UTC"), current=current, before=before,
    )  # fmt: skip


def a_performance(
    round_trips_ms: tuple[tuple[float, ...], ...] = (), **fields: Any
) -> PerformanceReport:
    """A report with a point for each minute of `round_trips_ms`."""
    counts = np.zeros((len(round_trips_ms), BUCKETS))
    for index, values in enumerate(round_trips_ms):
        for bucket, number in bucket_counts(values).items():
            counts[index, bucket] += number
    defaults: dict[str, Any] = {
        "start": NOON - QUARTER, "end": NOON, "data_as_of": NOON, "resolution": "minute",
        "step_seconds": 60, "filters": {}, "latest_sample": NOON, "latency_counts": counts,
        "series": [a_point(minute) for minute in range(len(round_trips_ms))],
        "latency": durations(sum(map(len, round_trips_ms))), "processing": durations(),
        "broadcast": durations(), "loop_lag": durations(), "processes": [],
        "sources": list[Source](),
    }  # fmt: skip
    return PerformanceReport(**(defaults | fields))
