"""The sums of what servers measured, from rows of the store: values in, values out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.query.series_sums import Count, Gauge, Sums
from analytics.stats.merging import Merged

Row = Mapping[str, Any]
Rows = Sequence[Row]

COUNTS = {
    **{name: name for name in ("opened", "sent", "received", "bytes_sent", "bytes_received")},
    **{name: name for name in ("slow_closes", "stale", "abnormal_closes")},
    "closed": "closes",
    "errors": "error_count",
}
GAUGES = {"active": "connection_seconds", "rooms": "room_seconds", "members": "member_seconds"}
HISTOGRAMS = ("latency", "broadcast", "processing", "duration")
OF_PROCESS = ("memory_bytes", "descriptors")


def server_sums(rows: Rows, processes: Rows = (), refusals: Rows = (), waiting: Rows = ()) -> Sums:
    """`rows` are those of `SampleQueries.sums`, the others of `PerformanceQueries`.

    A step in which processes told something and apps did not has no values of apps.
    """
    starts = sorted({row["t"] for row in (*rows, *processes, *waiting)})
    places = {t: place for place, t in enumerate(starts)}
    told, seconds = [0] * len(starts), [0.0] * len(starts)
    for row in rows:
        told[places[row["t"]]] = int(row["samples"])
        seconds[places[row["t"]]] = float(row["covered_seconds"])
    sums = Sums(starts=starts, told=told, seconds=seconds, span_seconds=sum(seconds))
    for part, column in COUNTS.items():
        sums.counts[part] = _count(places, rows, column)
    sums.counts["rejected"] = _count(places, refusals, "rejected")
    for part, column in GAUGES.items():
        sums.gauges[part] = Gauge(_column(places, rows, column), seconds, told)
    for part in HISTOGRAMS:
        sums.histograms[part] = _merged(places, rows, part)
    sums.histograms["loop_lag"] = _merged(places, processes, "loop_lag")
    for part in OF_PROCESS:
        sums.gauges[part] = _over_processes(places, processes, part)
    sums.gauges["outbox_bytes"] = _waiting(places, waiting)
    return sums


def _column(places: Mapping[datetime, int], rows: Rows, column: str) -> list[float]:
    values = [0.0] * len(places)
    for row in rows:
        values[places[row["t"]]] += float(row[column] or 0)
    return values


def _count(places: Mapping[datetime, int], rows: Rows, column: str) -> Count:
    known = [row for row in rows if row["t"] in places]
    values = _column(places, known, column)
    return Count(values, [int(value) for value in values])


def _merged(places: Mapping[datetime, int], rows: Rows, name: str) -> Merged:
    merged = Merged(len(places))
    for row in rows:
        merged.add_packed(places[row["t"]], row[name], 1, row[f"{name}_sum_us"])
    return merged


def _over_processes(places: Mapping[datetime, int], rows: Rows, column: str) -> Gauge:
    """The sum over all processes, each for as long as it was there within the step."""
    gauge = Gauge([0.0] * len(places), [0.0] * len(places), [0] * len(places))
    for row in rows:
        if row[column] is not None:
            place, there = places[row["t"]], float(row["cpu_us"] or row["sampled_us"])
            gauge.sums[place] += float(row[column]) * there
            gauge.weights[place] = max(gauge.weights[place], there)
            gauge.n[place] += int(row["samples"])
    return gauge


def _waiting(places: Mapping[datetime, int], rows: Rows) -> Gauge:
    gauge = Gauge([0.0] * len(places), [0.0] * len(places), [0] * len(places))
    for row in rows:
        if row["t"] in places:
            place = places[row["t"]]
            gauge.sums[place] = float(row["outbox_byte_seconds"])
            gauge.weights[place] = float(row["covered_seconds"])
            gauge.n[place] = int(row["samples"])
    return gauge
