"""Per-step sums of server samples from query rows; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.query.series_sums import CountSums, GaugeSums, SeriesSums
from analytics.stats.merging import StepHistograms
from models.metrics.server_columns import COUNTERS, DURATIONS

Row = Mapping[str, Any]
Rows = Sequence[Row]

COUNTS = {
    **{name: name for name in (*COUNTERS, "abnormal_closes")},
    "closed": "closes",
    "errors": "error_count",
}
GAUGES = {"active": "connection_seconds", "rooms": "room_seconds", "members": "member_seconds"}
PROCESS_GAUGES = ("memory_bytes", "descriptors")


def server_sums(
    rows: Rows, processes: Rows = (), rejections: Rows = (), outbox_rows: Rows = ()
) -> SeriesSums:
    """`rows` are those of `SampleQueries.sums`, the others of `PerformanceQueries`.

    A step with samples of processes and none of apps has no values of apps.
    """
    starts = sorted({row["t"] for row in (*rows, *processes, *outbox_rows)})
    index_of = {t: index for index, t in enumerate(starts)}
    reported, seconds = [0] * len(starts), [0.0] * len(starts)
    for row in rows:
        reported[index_of[row["t"]]] = int(row["samples"])
        seconds[index_of[row["t"]]] = float(row["covered_seconds"])
    sums = SeriesSums(starts=starts, reported=reported, seconds=seconds, span_seconds=sum(seconds))
    for part, column in COUNTS.items():
        sums.counts[part] = _count(index_of, rows, column)
    sums.counts["rejected"] = _count(index_of, rejections, "rejected")
    for part, column in GAUGES.items():
        sums.gauges[part] = GaugeSums(_column(index_of, rows, column), seconds, reported)
    for part in DURATIONS:
        sums.histograms[part] = _histograms(index_of, rows, part)
    sums.histograms["loop_lag"] = _histograms(index_of, processes, "loop_lag")
    for part in PROCESS_GAUGES:
        sums.gauges[part] = _process_gauge(index_of, processes, part)
    sums.gauges["outbox_bytes"] = _outbox_gauge(index_of, outbox_rows)
    return sums


def _column(index_of: Mapping[datetime, int], rows: Rows, column: str) -> list[float]:
    values = [0.0] * len(index_of)
    for row in rows:
        values[index_of[row["t"]]] += float(row[column] or 0)
    return values


def _count(index_of: Mapping[datetime, int], rows: Rows, column: str) -> CountSums:
    rows_in_steps = [row for row in rows if row["t"] in index_of]
    values = _column(index_of, rows_in_steps, column)
    return CountSums(values, [int(value) for value in values])


def _histograms(index_of: Mapping[datetime, int], rows: Rows, name: str) -> StepHistograms:
    merged = StepHistograms(len(index_of))
    for row in rows:
        merged.add_packed(index_of[row["t"]], row[name], 1, row[f"{name}_sum_us"])
    return merged


def _process_gauge(index_of: Mapping[datetime, int], rows: Rows, column: str) -> GaugeSums:
    """The sum over all processes, each weighted by the time it was present in the step."""
    gauge = GaugeSums([0.0] * len(index_of), [0.0] * len(index_of), [0] * len(index_of))
    for row in rows:
        if row[column] is not None:
            index, present_us = index_of[row["t"]], float(row["cpu_us"] or row["sampled_us"])
            gauge.sums[index] += float(row[column]) * present_us
            gauge.weights[index] = max(gauge.weights[index], present_us)
            gauge.n[index] += int(row["samples"])
    return gauge


def _outbox_gauge(index_of: Mapping[datetime, int], rows: Rows) -> GaugeSums:
    gauge = GaugeSums([0.0] * len(index_of), [0.0] * len(index_of), [0] * len(index_of))
    for row in rows:
        if row["t"] in index_of:
            index = index_of[row["t"]]
            gauge.sums[index] = float(row["outbox_byte_seconds"])
            gauge.weights[index] = float(row["covered_seconds"])
            gauge.n[index] = int(row["samples"])
    return gauge
