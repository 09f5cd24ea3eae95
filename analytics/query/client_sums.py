"""Per-step sums of client reports from query rows; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analytics.query.series_sums import CountSums, GaugeSums, SeriesSums
from analytics.query.step_sums import StepSums, numbers
from analytics.ranges.timerange import TimeRange
from analytics.stats.merging import counts_of
from models.metrics import weights
from models.metrics.client_columns import COUNTS, TRIALS

Row = Mapping[str, Any]
Rows = Sequence[Row]
StepIndex = Mapping[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSeriesRows:
    """Query results behind client series; what no series needs is left empty.

    `raw` and `cells` are of `ReportQueries`, `sessions` (started, per step) and `session_totals`
    (distinct in the range) of `SessionQueries`, `closes` and `measures` of `SeriesQueries`.
    `gauges` names the gauges and custom values in `measures`.
    """

    raw: Rows = ()
    cells: Rows = ()
    has_durations: bool = True
    sessions: Rows = ()
    session_totals: Row | None = None
    closes: Rows = ()
    measures: Rows = ()
    gauges: Sequence[str] = ()


def client_sums(series_rows: ClientSeriesRows, elapsed: TimeRange, step_seconds: int) -> SeriesSums:
    """`elapsed` is the part of the range that has passed: the denominator of rates."""
    steps = StepSums(series_rows.raw, series_rows.cells, with_durations=series_rows.has_durations)
    starts, index_of = list(steps.index_of), steps.index_of
    span = 0.0
    if starts:
        length = (starts[-1] - starts[0]).total_seconds() + step_seconds
        span = _elapsed_seconds(starts[0], length, elapsed)
    sums = SeriesSums(
        starts=starts,
        reported=steps.reports,
        seconds=[_elapsed_seconds(t, step_seconds, elapsed) for t in starts],
        span_seconds=span,
    )
    sums.counts |= _counts(steps)
    sums.counts["close_codes"] = _column(index_of, series_rows.closes, "count")
    sums.counts |= _sessions(index_of, series_rows.sessions, series_rows.session_totals)
    for name in series_rows.gauges:
        rows = [row for row in series_rows.measures if row["name"] == name]
        sums.counts[name] = _column(index_of, rows, "total")
        sums.gauges[name] = _gauge(index_of, rows)
    sums.gauges["page_load_ms"] = _gauge(index_of, _page_loads(series_rows))
    sums.histograms |= {
        "latency_ms": steps.latency,
        "setup_ms": steps.setup,
        "recovery_ms": steps.recovery,
    }
    return sums


def _elapsed_seconds(start: datetime, seconds: float, elapsed: TimeRange) -> float:
    end = min(start + timedelta(seconds=seconds), elapsed.end)
    return (end - max(start, elapsed.start)).total_seconds()


def _counts(steps: StepSums) -> dict[str, CountSums]:
    """Weighted counts; `n` is the number of trials for the counts that are denominators."""
    columns = {}
    for name in COUNTS:
        values = [counts[name] for counts in steps.counts]
        unweighted = (
            [trials[name] for trials in steps.trials] if name in TRIALS else _rounded(values)
        )
        columns[name] = CountSums(values, unweighted)
    columns["reports"] = CountSums([float(n) for n in steps.reports], steps.reports)
    return columns


def _column(index_of: StepIndex, rows: Rows, column: str) -> CountSums:
    values = [0.0] * len(index_of)
    for row in rows:
        if row["t"] in index_of:
            values[index_of[row["t"]]] += float(row[column])
    return CountSums(values, _rounded(values))


def _gauge(index_of: StepIndex, rows: Rows) -> GaugeSums:
    gauge = GaugeSums([0.0] * len(index_of), [0.0] * len(index_of), [0] * len(index_of))
    for row in rows:
        if row["t"] in index_of:
            index = index_of[row["t"]]
            gauge.sums[index] += float(row["total"])
            gauge.weights[index] += float(row["weight"])
            gauge.n[index] += int(row["n"])
    return gauge


def _page_loads(series_rows: ClientSeriesRows) -> list[Row]:
    """Page loads come with the sums, as durations, not with `measures`."""
    if not series_rows.has_durations:
        return []
    rows: list[Row] = [
        {
            "t": row["t"],
            "total": row["page_load_sum_us"] / 1000,
            "weight": int(counts_of(row["page_load"]).sum()),
            "n": row["page_load_n"],
        }
        for row in series_rows.cells
    ]
    for row in series_rows.raw:
        loads, weight = numbers(row["page_load_ms"]), weights.duration_weight(row["sample_rate"])
        rows.append(
            {
                "t": row["t"],
                "total": sum(loads) * weight,
                "weight": len(loads) * weight,
                "n": len(loads),
            }
        )
    return rows


def _sessions(index_of: StepIndex, rows: Rows, totals: Row | None) -> dict[str, CountSums]:
    """Sessions started, and those among them without an abnormal close."""
    started = _column(index_of, rows, "sessions")
    abnormal = _column(index_of, rows, "abnormal")
    calm = [a - b for a, b in zip(started.values, abnormal.values, strict=True)]
    columns = {"sessions": started, "calm_sessions": CountSums(calm, _rounded(calm))}
    if totals is not None:
        total, abnormal_total = int(totals["sessions"]), int(totals["abnormal"])
        columns["sessions"].range_total = (float(total), total)
        columns["calm_sessions"].range_total = (
            float(total - abnormal_total),
            total - abnormal_total,
        )
    return columns


def _rounded(values: Sequence[float]) -> list[int]:
    return [round(value) for value in values]
