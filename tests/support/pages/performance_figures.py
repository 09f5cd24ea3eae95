"""Factories of what Performance draws: minutes before noon, with round trips in the histogram."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.ranges.steps import StepStart
from analytics.ranges.timerange import TimeRange
from analytics.reports.performance import PerformanceReport, Process, ProcessPoint
from analytics.reports.server_answers import Source
from analytics.stats.duration_steps import DurationSteps
from dashboard.core.url_state import View
from dashboard.server.performance.data import PerformanceData
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations, durations_of
from tests.support.pages.duration_steps import duration_steps, with_n

QUARTER = timedelta(minutes=15)


def a_process(name: str, *memory_bytes: int | None, lags: int = 0, **fields: Any) -> Process:
    """A process with one value of memory, and event-loop lags of 1, 2, 3 ... ms, per minute; other
    `fields` are of each point."""
    values = {"cpu": None, "descriptors": None} | fields
    points = [
        ProcessPoint(t=NOON - QUARTER + timedelta(minutes=minute), memory_bytes=value, **values)
        for minute, value in enumerate(memory_bytes)
    ]
    lag = with_n(TimeRange(NOON - QUARTER, NOON), 60, [lags] * len(points))
    return Process(service="ours", id=name, points=points, loop_lag=lag)


def performance_data(
    round_trips_ms: tuple[tuple[float, ...], ...] = (), before: PerformanceReport | None = None,
    view: View | None = None, latency_before: DurationSteps | None = None, **fields: Any,
) -> PerformanceData:  # fmt: skip
    """The page's data; `round_trips_ms` are those of each minute."""
    starts = [NOON - QUARTER + timedelta(minutes=minute) for minute in range(len(round_trips_ms))]
    current = a_performance(
        latency=durations(sum(map(len, round_trips_ms))), series=[*map(StepStart, starts)]
    )
    latency = duration_steps(
        TimeRange(current.start, current.end), 60, dict(zip(starts, round_trips_ms, strict=True))
    )
    return PerformanceData(
        view=view or View(preset="15m"), window=TimeRange(current.start, current.end), now=NOON,
        zone=ZoneInfo("UTC"), current=replace(current, **fields),
        durations=durations_of(current, latency), before=before,
        durations_before=durations_of(before, latency_before) if before else {},
    )  # fmt: skip


def a_performance(**fields: Any) -> PerformanceReport:
    """A quarter of an hour without any step."""
    defaults: dict[str, Any] = {
        "start": NOON - QUARTER, "end": NOON, "data_as_of": NOON, "resolution": "minute",
        "step_seconds": 60, "filters": {}, "zone": "UTC", "latest_sample": NOON, "series": [],
        "latency": durations(), "processing": durations(), "broadcast": durations(),
        "loop_lag": durations(), "processes": [], "sources": list[Source](),
    }  # fmt: skip
    return PerformanceReport(**(defaults | fields))
