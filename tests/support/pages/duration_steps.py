"""Durations per step, as charts draw them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of, number_of
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.histograms import Histograms
from models.metrics.histogram import BUCKETS, bucket_counts, bucket_of

BUCKET_OF_MS = np.array([bucket_of(ms) for ms in range(1, 1001)])


def duration_steps(
    window: TimeRange,
    seconds: int,
    durations_ms: Mapping[datetime, Sequence[float]] | None = None,
    zone: str = "UTC",
) -> DurationSteps:
    """`durations_ms` are by the start of their step."""
    grid = grid_of(window, Step("", seconds), zone)
    histograms = Histograms.empty((1, grid.steps))
    for start, values in (durations_ms or {}).items():
        step = number_of(grid, start)
        histograms.n[0, step] += len(values)
        for bucket, number in bucket_counts(values).items():
            histograms.counts[0, step, bucket] += number
    return DurationSteps.of(histograms, grid, seconds, window, zone)


def with_n(window: TimeRange, seconds: int, n: Sequence[int], zone: str = "UTC") -> DurationSteps:
    """As many durations of each step, the first of 1 ms, the second of 2 ms and so on."""
    grid = grid_of(window, Step("", seconds), zone)
    histograms = Histograms.empty((1, grid.steps))
    for step, number in enumerate(n[: grid.steps]):
        histograms.n[0, step] = number
        histograms.counts[0, step] = np.bincount(BUCKET_OF_MS[:number], minlength=BUCKETS)
    return DurationSteps.of(histograms, grid, seconds, window, zone)
