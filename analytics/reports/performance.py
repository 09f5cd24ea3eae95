"""Server latencies over time, and the figures of each process, from query rows; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.server_answers import Source
from analytics.stats.estimates import Durations
from analytics.stats.merging import StepHistograms, percentiles_ms, step_histograms
from analytics.stats.summaries import durations_of

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of one step, in ms; `None` where `n` is 0."""

    n: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformancePoint:
    """One step, starting at `t`: ping round trips, and broadcasts of one message to all members."""

    t: datetime
    latency: Percentiles
    broadcast: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPoint:
    """One step of one process: p99 in ms of `n` event loop lags, `cpu` as a share of one core,
    peaks of memory in bytes and of open descriptors."""

    t: datetime
    n: int
    loop_lag_p99: float | None
    cpu: float | None
    memory_bytes: int | None
    descriptors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process over the range."""

    service: str
    id: str
    points: list[ProcessPoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceReport:
    """Measurements in [start, end). `latency_counts` (steps, BUCKETS) in the order of
    `series`; a step without samples is absent."""

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    filters: dict[str, str]
    latest_sample: datetime | None
    series: list[PerformancePoint]
    latency_counts: NDArray[np.float64]
    latency: Durations
    processing: Durations
    broadcast: Durations
    loop_lag: Durations
    processes: list[Process]
    sources: list[Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRows:
    """Query results: `sums` and `services` of `SampleQueries`, `processes` of
    `PerformanceQueries`."""

    data_as_of: datetime
    sums: Rows
    processes: Rows
    services: Rows


def performance_of(
    window: TimeRange, filters: Mapping[str, str], step: Step, rows: PerformanceRows
) -> PerformanceReport:
    """The report, with a point for every step that has samples."""
    latency, broadcast = (
        step_histograms(rows.sums, "latency"),
        step_histograms(rows.sums, "broadcast"),
    )
    return PerformanceReport(
        start=window.start,
        end=window.end,
        data_as_of=rows.data_as_of,
        resolution=step.name,
        step_seconds=step.seconds,
        filters=dict(filters),
        latest_sample=max((row["latest"] for row in rows.sums), default=None),
        series=[
            PerformancePoint(
                t=row["t"], latency=latency_percentiles, broadcast=broadcast_percentiles
            )
            for row, latency_percentiles, broadcast_percentiles in zip(
                rows.sums, _per_step(latency), _per_step(broadcast), strict=True
            )
        ],
        latency_counts=latency.counts,
        latency=durations_of(latency),
        processing=durations_of(step_histograms(rows.sums, "processing")),
        broadcast=durations_of(broadcast),
        loop_lag=durations_of(step_histograms(rows.processes, "loop_lag")),
        processes=_processes(rows.processes),
        sources=[Source(service=row["service"], app=row["app"]) for row in rows.services],
    )


def _per_step(histograms: StepHistograms) -> Iterable[Percentiles]:
    shares = (percentiles_ms(histograms.counts, share) for share in (0.5, 0.95, 0.99))
    return [
        Percentiles(int(n), *quantiles) for n, *quantiles in zip(histograms.n, *shares, strict=True)
    ]


def _processes(rows: Rows) -> list[Process]:
    lags = _per_step(step_histograms(rows, "loop_lag"))
    points: dict[tuple[str, str], list[ProcessPoint]] = {}
    for row, lag in zip(rows, lags, strict=True):
        points.setdefault((row["service"], row["instance"]), []).append(_point(row, lag))
    return [
        Process(service=service, id=instance, points=process_points)
        for (service, instance), process_points in sorted(points.items())
    ]


def _point(row: Row, lag: Percentiles) -> ProcessPoint:
    cpu_us = row["cpu_us"]
    return ProcessPoint(
        t=row["t"],
        n=lag.n,
        loop_lag_p99=lag.p99,
        cpu=row["cpu_ms"] * 1000 / cpu_us if cpu_us else None,
        memory_bytes=row["memory_bytes"],
        descriptors=row["descriptors"],
    )
