"""Server latencies over time, and the figures of each process, from arrays; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from analytics.query import durations
from analytics.query.arrays import Arrays, Floats
from analytics.query.plan import Plan
from analytics.ranges.steps import StepStart
from analytics.reports.server_answers import Source
from analytics.reports.server_metrics import latest_sample
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.estimates import Durations
from analytics.stats.summaries import durations_of, or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPoint:
    """One step of one process: `cpu` as a share of one core, peaks of memory in bytes and of open
    descriptors."""

    t: datetime
    cpu: float | None
    memory_bytes: int | None
    descriptors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process over the range."""

    service: str
    id: str
    points: list[ProcessPoint]
    loop_lag: DurationSteps


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceReport:
    """Measurements in [start, end); `series` are the steps with samples, which divide the days of
    `zone`."""

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    filters: dict[str, str]
    zone: str
    latest_sample: datetime | None
    series: list[StepStart]
    latency: Durations
    processing: Durations
    broadcast: Durations
    loop_lag: Durations
    processes: list[Process]
    sources: list[Source]


def performance_of(
    plan: Plan, filters: Mapping[str, str], arrays: Arrays, over_range: Arrays, processes: Arrays
) -> PerformanceReport:
    """The report; `over_range` has the processing times too, `processes` are label sets of service
    and instance."""
    lags = processes.histograms["loop_lag"]
    return PerformanceReport(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=dict(filters),
        zone=plan.zone,
        latest_sample=latest_sample(arrays),
        series=[StepStart(arrays.grid.edges[step]) for step in arrays.observed[0].nonzero()[0]],
        loop_lag=durations_of(lags.map(lambda series: series.sum(axis=0, keepdims=True))),
        **{name: durations_of(each) for name, each in over_range.histograms.items()},
        processes=[_process(plan, processes, row) for row in range(len(processes.labels))],
        sources=[Source(service=service, app=app) for service, app in plan.sources],
    )


def _process(plan: Plan, processes: Arrays, row: int) -> Process:
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
                cpu=_cpu(cpu_ms[step], cpu_us[step]),
                memory_bytes=memory_bytes[step],
                descriptors=descriptors[step],
            )
            for step in map(int, processes.observed[row].nonzero()[0])
        ],
        loop_lag=durations.per_step(plan, processes.select([row]), "loop_lag"),
    )


def _cpu(cpu_ms: float, cpu_us: float) -> float | None:
    return cpu_ms * 1000 / cpu_us if cpu_us else None


def _peaks(peaks: Floats) -> list[int | None]:
    return [None if peak is None else int(peak) for peak in or_none(peaks)]
