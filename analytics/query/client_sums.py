"""The sums of what browsers reported, from rows of the store: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analytics.query.series_sums import Count, Gauge, Sums
from analytics.query.step_sums import COUNTS, TRIALS, Steps, numbers
from analytics.ranges.timerange import TimeRange
from analytics.stats.merging import counts_of
from models.metrics import weights

Row = Mapping[str, Any]
Rows = Sequence[Row]
Places = Mapping[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSeriesRows:
    """What the store answered: `raw` and `cells` of `ReportQueries`, `sessions` that started and
    `whole` of all of `SessionQueries`, `closes` and `measures` of `SeriesQueries`; what no series
    asked for is left empty. `measured` are the gauges and custom values asked for.
    """

    raw: Rows = ()
    cells: Rows = ()
    has_durations: bool = True
    sessions: Rows = ()
    whole: Row | None = None
    closes: Rows = ()
    measures: Rows = ()
    measured: Sequence[str] = ()


def client_sums(found: ClientSeriesRows, passed: TimeRange, step_seconds: int) -> Sums:
    """`passed` is the range as far as it has gone by: what a rate is a rate over."""
    steps = Steps(found.raw, found.cells, with_durations=found.has_durations)
    starts, places = list(steps.places), steps.places
    span = 0.0
    if starts:
        whole = (starts[-1] - starts[0]).total_seconds() + step_seconds
        span = _passed(starts[0], whole, passed)
    sums = Sums(
        starts=starts,
        told=steps.reports,
        seconds=[_passed(t, step_seconds, passed) for t in starts],
        span_seconds=span,
    )
    sums.counts |= _counts(steps)
    sums.counts["close_codes"] = _column(places, found.closes, "count")
    sums.counts |= _sessions(places, found.sessions, found.whole)
    for name in found.measured:
        rows = [row for row in found.measures if row["name"] == name]
        sums.counts[name] = _column(places, rows, "total")
        sums.gauges[name] = _gauge(places, rows)
    sums.gauges["page_load_ms"] = _gauge(places, _page_loads(found))
    sums.histograms |= {
        "latency_ms": steps.latency,
        "setup_ms": steps.setup,
        "recovery_ms": steps.recovery,
    }
    return sums


def _passed(start: datetime, seconds: float, passed: TimeRange) -> float:
    end = min(start + timedelta(seconds=seconds), passed.end)
    return (end - max(start, passed.start)).total_seconds()


def _counts(steps: Steps) -> dict[str, Count]:
    """Counts with the trials behind those that a share is of."""
    found = {}
    for name in COUNTS:
        values = [counts[name] for counts in steps.counts]
        seen = [trials[name] for trials in steps.trials] if name in TRIALS else _rounded(values)
        found[name] = Count(values, seen)
    found["reports"] = Count([float(n) for n in steps.reports], steps.reports)
    return found


def _column(places: Places, rows: Rows, column: str) -> Count:
    values = [0.0] * len(places)
    for row in rows:
        if row["t"] in places:
            values[places[row["t"]]] += float(row[column])
    return Count(values, _rounded(values))


def _gauge(places: Places, rows: Rows) -> Gauge:
    gauge = Gauge([0.0] * len(places), [0.0] * len(places), [0] * len(places))
    for row in rows:
        if row["t"] in places:
            place = places[row["t"]]
            gauge.sums[place] += float(row["total"])
            gauge.weights[place] += float(row["weight"])
            gauge.n[place] += int(row["n"])
    return gauge


def _page_loads(found: ClientSeriesRows) -> list[Row]:
    """Page loads stand in the sums themselves, as durations."""
    if not found.has_durations:
        return []
    rows: list[Row] = [
        {
            "t": row["t"],
            "total": row["page_load_sum_us"] / 1000,
            "weight": int(counts_of(row["page_load"]).sum()),
            "n": row["page_load_n"],
        }
        for row in found.cells
    ]
    for row in found.raw:
        loads, weight = numbers(row["page_load_ms"]), weights.whole_of(row["sample_rate"])
        rows.append(
            {
                "t": row["t"],
                "total": sum(loads) * weight,
                "weight": len(loads) * weight,
                "n": len(loads),
            }
        )
    return rows


def _sessions(places: Places, rows: Rows, whole: Row | None) -> dict[str, Count]:
    """Sessions that started, and those of them without an abnormal close."""
    started = _column(places, rows, "sessions")
    abnormal = _column(places, rows, "abnormal")
    calm = [a - b for a, b in zip(started.values, abnormal.values, strict=True)]
    found = {"sessions": started, "calm_sessions": Count(calm, _rounded(calm))}
    if whole is not None:
        all_, odd = int(whole["sessions"]), int(whole["abnormal"])
        found["sessions"].whole = (float(all_), all_)
        found["calm_sessions"].whole = (float(all_ - odd), all_ - odd)
    return found


def _rounded(values: Sequence[float]) -> list[int]:
    return [round(value) for value in values]
