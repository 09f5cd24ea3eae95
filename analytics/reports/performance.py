"""How fast servers were over time, and each process beside it: rows in, one answer out."""

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
from analytics.stats.merging import Merged, merged_of, percentiles_ms
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
    """One step, starting at `t`: round trips by ping, and bringing one message to all members."""

    t: datetime
    latency: Percentiles
    broadcast: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPoint:
    """One step of one process: the p99 of the loop's lag in ms of `n` wakings, `cpu` as a share of
    one core, the most memory in bytes and descriptors open within it."""

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
class Performance:
    """What was measured in [start, end). `latency_counts` (steps, BUCKETS) in the order of
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
    """What the store answered: `sums` and `services` of `SampleQueries`, `processes` of
    `PerformanceQueries`."""

    data_as_of: datetime
    sums: Rows
    processes: Rows
    services: Rows


def performance_of(
    window: TimeRange, filters: Mapping[str, str], step: Step, found: PerformanceRows
) -> Performance:
    """The whole answer."""
    latency, broadcast = merged_of(found.sums, "latency"), merged_of(found.sums, "broadcast")
    return Performance(
        start=window.start,
        end=window.end,
        data_as_of=found.data_as_of,
        resolution=step.name,
        step_seconds=step.seconds,
        filters=dict(filters),
        latest_sample=max((row["latest"] for row in found.sums), default=None),
        series=[
            PerformancePoint(t=row["t"], latency=trip, broadcast=brought)
            for row, trip, brought in zip(
                found.sums, _per_step(latency), _per_step(broadcast), strict=True
            )
        ],
        latency_counts=latency.counts,
        latency=durations_of(latency),
        processing=durations_of(merged_of(found.sums, "processing")),
        broadcast=durations_of(broadcast),
        loop_lag=durations_of(merged_of(found.processes, "loop_lag")),
        processes=_processes(found.processes),
        sources=[Source(service=row["service"], app=row["app"]) for row in found.services],
    )


def _per_step(merged: Merged) -> Iterable[Percentiles]:
    shares = (percentiles_ms(merged.counts, share) for share in (0.5, 0.95, 0.99))
    return [Percentiles(int(n), *three) for n, *three in zip(merged.n, *shares, strict=True)]


def _processes(rows: Rows) -> list[Process]:
    lags = _per_step(merged_of(rows, "loop_lag"))
    points: dict[tuple[str, str], list[ProcessPoint]] = {}
    for row, lag in zip(rows, lags, strict=True):
        points.setdefault((row["service"], row["instance"]), []).append(_point(row, lag))
    return [
        Process(service=service, id=instance, points=found)
        for (service, instance), found in sorted(points.items())
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
