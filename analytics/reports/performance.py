"""Server latencies over time, and the figures of each process, from arrays; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.query.arrays import Arrays, Floats
from analytics.query.plan import Plan
from analytics.reports.server_answers import Source
from analytics.reports.server_metrics import latest_sample
from analytics.stats.estimates import Durations
from analytics.stats.histograms import Histograms
from analytics.stats.summaries import durations_of, or_none


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


def performance_of(
    plan: Plan, filters: Mapping[str, str], arrays: Arrays, over_range: Arrays, processes: Arrays
) -> PerformanceReport:
    """The report, with a point for every step that has samples; `over_range` has the processing
    times too, `processes` are label sets of service and instance."""
    steps = [int(step) for step in arrays.observed[0].nonzero()[0]]
    latency, broadcast = (_percentiles(arrays.histograms[n]) for n in ("latency", "broadcast"))
    edges, lags = arrays.grid.edges, processes.histograms["loop_lag"]
    return PerformanceReport(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=dict(filters),
        latest_sample=latest_sample(arrays),
        series=[
            PerformancePoint(t=edges[step], latency=latency[step], broadcast=broadcast[step])
            for step in steps
        ],
        latency_counts=arrays.histograms["latency"].counts[0, steps],
        loop_lag=durations_of(lags.map(lambda series: series.sum(axis=0, keepdims=True))),
        **{name: durations_of(each) for name, each in over_range.histograms.items()},
        processes=[_process(processes, row) for row in range(len(processes.labels))],
        sources=[Source(service=s, app=app) for s, app in sorted((s, a) for a, s in plan.sources)],
    )


def _percentiles(histograms: Histograms) -> list[Percentiles]:
    """Of every step of the first label set."""
    quantiles = (or_none(each[0]) for each in histograms.quantiles_ms(0.5, 0.95, 0.99))
    n = histograms.n[0].astype(np.int64).tolist()
    return list(map(Percentiles, n, *quantiles))


def _process(processes: Arrays, row: int) -> Process:
    lags = _percentiles(processes.histograms["loop_lag"].map(lambda series: series[[row]]))
    cpu_ms, cpu_us = (processes.sums[name][row].tolist() for name in ("cpu_ms", "cpu_us"))
    memory_bytes, descriptors = (
        _peaks(processes.extremes[f"peak_{name}"][row]) for name in ("memory_bytes", "descriptors")
    )
    labels = processes.labels[row]
    return Process(
        service=labels["service"],
        id=labels["instance"],
        points=[
            ProcessPoint(
                t=processes.grid.edges[step],
                n=lags[step].n,
                loop_lag_p99=lags[step].p99,
                cpu=_cpu(cpu_ms[step], cpu_us[step]),
                memory_bytes=memory_bytes[step],
                descriptors=descriptors[step],
            )
            for step in map(int, processes.observed[row].nonzero()[0])
        ],
    )


def _cpu(cpu_ms: float, cpu_us: float) -> float | None:
    return cpu_ms * 1000 / cpu_us if cpu_us else None


def _peaks(peaks: Floats) -> list[int | None]:
    return [None if peak is None else int(peak) for peak in or_none(peaks)]
