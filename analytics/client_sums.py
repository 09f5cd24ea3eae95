"""The sums of what browsers reported, from rows of the store: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analytics.merging import Merged
from analytics.series_sums import Count, Gauge, Sums
from analytics.step_sums import COUNTS, Steps
from analytics.timerange import TimeRange

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFindings:
    """What the store answered; `gauges` by column, `customs` by key, as `SeriesQueries` has them.

    `sums` and `sessions` are rows of `ReportQueries`; those not needed are left empty.
    """

    sums: Rows
    sessions: Rows = ()
    closes: Rows = ()
    gauges: Rows = ()
    columns: Sequence[str] = ()
    customs: Mapping[str, Rows]


def client_sums(found: ClientFindings, measured: TimeRange, step_seconds: int) -> Sums:
    """`measured` is the range as far as it has passed: what a rate is a rate over."""
    steps = Steps(found.sums)
    starts = list(steps.places)
    seconds = [_passed(t, step_seconds, measured) for t in starts]
    span = 0.0
    if starts:
        span = _passed(starts[0], (starts[-1] - starts[0]).total_seconds() + step_seconds, measured)
    sums = Sums(starts=starts, told=steps.reports, seconds=seconds, span_seconds=span)
    seen = _unweighted(steps, found.sums)
    for name in COUNTS:
        sums.counts[name] = Count([counts[name] for counts in steps.counts], seen[name])
    sums.counts["reports"] = Count([float(n) for n in steps.reports], steps.reports)
    sums.counts["close_codes"] = _weighted(steps.places, found.closes, "count")
    sums.counts |= _sessions(steps.places, found.sessions)
    sums.histograms |= {
        "latency_ms": steps.latency,
        "setup_ms": steps.setup,
        "recovery_ms": steps.recovery,
    }
    for column in found.columns:
        sums.gauges[column] = _gauge(steps.places, found.gauges, f"{column}_sum", f"{column}_n")
    for key, rows in found.customs.items():
        sums.counts[key] = _weighted(steps.places, rows, "sum")
        sums.gauges[key] = _gauge(steps.places, rows, "sum", "n")
        sums.histograms[key] = _listed(steps.places, rows)
    return sums


def _passed(start: datetime, seconds: float, measured: TimeRange) -> float:
    end = min(start + timedelta(seconds=seconds), measured.end)
    return (end - max(start, measured.start)).total_seconds()


def _unweighted(steps: Steps, rows: Rows) -> dict[str, list[int]]:
    seen = {name: [0] * len(steps.places) for name in COUNTS}
    for row in rows:
        for name in COUNTS:
            seen[name][steps.places[row["t"]]] += int(row[name])
    return seen


def _weighted(places: Mapping[datetime, int], rows: Rows, column: str) -> Count:
    count = Count([0.0] * len(places), [0] * len(places))
    for row in rows:
        count.values[places[row["t"]]] += float(row[column]) / row["sample_rate"]
        count.seen[places[row["t"]]] += int(row[column])
    return count


def _gauge(places: Mapping[datetime, int], rows: Rows, value: str, number: str) -> Gauge:
    gauge = Gauge([0.0] * len(places), [0.0] * len(places), [0] * len(places))
    for row in rows:
        if row[number]:
            place = places[row["t"]]
            gauge.sums[place] += float(row[value]) / row["sample_rate"]
            gauge.weights[place] += row[number] / row["sample_rate"]
            gauge.n[place] += int(row[number])
    return gauge


def _listed(places: Mapping[datetime, int], rows: Rows) -> Merged:
    merged = Merged(len(places))
    for row in rows:
        durations = [int(text) for text in row["listed"].split(",")]
        merged.add_durations(places[row["t"]], durations, round(1 / row["sample_rate"]))
    return merged


def _sessions(places: Mapping[datetime, int], rows: Rows) -> dict[str, Count]:
    """Sessions that reported, and those without an abnormal close; over the range each once."""
    found = {name: Count([0.0] * len(places), [0] * len(places)) for name in _OF_SESSIONS}
    for row in rows:
        for name, number in zip(
            _OF_SESSIONS, (row["sessions"], row["sessions"] - row["abnormal"]), strict=True
        ):
            if row["t"] is None:
                found[name].whole = (float(number), int(number))
            else:
                found[name].values[places[row["t"]]] = float(number)
                found[name].seen[places[row["t"]]] = int(number)
    return found


_OF_SESSIONS = ("sessions", "calm_sessions")
