"""Puts the answers of the store together into one Summary: rows in, answer out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.answers import (
    Connection,
    Experience,
    Messages,
    PageLoad,
    Point,
    Summary,
)
from analytics.catalog import UNKNOWN
from analytics.merging import Merged, percentiles_ms
from analytics.steps import Step
from analytics.summaries import durations_of, share_of
from analytics.timerange import Filters, TimeRange

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What models.report_queries found, query by query."""

    data_as_of: datetime
    sums: Rows
    sessions: Rows
    histograms: Rows
    recoveries: Rows
    page_loads: Rows
    close_codes: Rows
    effective_types: Rows


def summary_of(window: TimeRange, filters: Filters, step: Step, found: Findings) -> Summary:
    """The answer to one question, with a point for every step that has reports."""
    places = {row["t"]: place for place, row in enumerate(found.sums)}
    latency, setup = _packed(found.histograms, places)
    recovery = _recovery(found.recoveries, places)
    total = _totals(found.sums)
    per_step = {row["t"]: row for row in found.sessions}
    whole = per_step.pop(None)
    return Summary(
        start=window.start,
        end=window.end,
        data_as_of=found.data_as_of,
        resolution=step.name,
        step_seconds=step.seconds,
        filters=filters.chosen(),
        reports=total["reports"],
        sessions=whole["sessions"],
        abnormal_sessions=whole["abnormal"],
        lost_reports=total["lost_reports"],
        latest_report=max((row["latest"] for row in found.sums), default=None),
        connection=_connection(total, found.close_codes),
        connect_success=share_of(total["opened"], total["attempts"], total["attempts_n"]),
        stability=share_of(
            whole["sessions"] - whole["abnormal"], whole["sessions"], whole["sessions"]
        ),
        messages=Messages(**{name: total[name] for name in Messages.__struct_fields__}),
        error_rate=share_of(
            total["errors"], total["sent"] + total["received"], total["messages_n"]
        ),
        latency_ms=durations_of(latency),
        setup_ms=durations_of(setup),
        recovery_ms=durations_of(recovery),
        ux=_experience(total, found.page_loads),
        network=frequencies(found.effective_types),
        series=_series(found.sums, per_step, latency, recovery),
    )


def frequencies(rows: Rows) -> dict[str, int]:
    """Reports per value, most frequent first; an absent value counts as unknown."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["value"] or UNKNOWN] += row["reports"]
    return dict(counts.most_common())


def _totals(sums: Rows) -> dict[str, int]:
    """Every column of `sums` added over the steps, rounded once at the end."""
    totals: Counter[str] = Counter()
    for row in sums:
        totals.update({name: row[name] for name in row if name not in ("t", "latest")})
    return Counter({name: round(value) for name, value in totals.items()})


def _packed(rows: Rows, places: Mapping[datetime, int]) -> tuple[Merged, Merged]:
    latency, setup = Merged(len(places)), Merged(len(places))
    for row in rows:
        step, weight = places[row["t"]], row["weight"]
        latency.add_packed(step, row["latency"], weight, float(row["latency_sum_us"]))
        setup.add_packed(step, row["setup"], weight, float(row["setup_sum_us"]))
    return latency, setup


def _recovery(rows: Rows, places: Mapping[datetime, int]) -> Merged:
    merged = Merged(len(places))
    for row in rows:
        merged.add_bucket(
            places[row["t"]], max(0, row["bucket"]), row["count"], row["n"], row["sum_ms"] * 1000
        )
    return merged


def _connection(total: Mapping[str, int], close_codes: Rows) -> Connection:
    names = [name for name in Connection.__struct_fields__ if name != "close_codes"]
    return Connection(
        **{name: total[name] for name in names},
        close_codes={row["code"]: round(row["count"]) for row in close_codes},
    )


def _experience(total: Mapping[str, int], page_loads: Rows) -> Experience:
    merged = Merged(1)
    for row in page_loads:
        merged.add_bucket(0, max(0, row["bucket"]), row["count"], row["n"])
    times = durations_of(merged)
    return Experience(
        page_load_ms=PageLoad(n=times.n, p50=times.p50, p95=times.p95),
        errors=total["ux_errors"],
        interactions=total["interactions"],
    )


def _series(
    sums: Rows, sessions: Mapping[datetime, Row], latency: Merged, recovery: Merged
) -> list[Point]:
    p50, p95, p99 = (percentiles_ms(latency.counts, share) for share in (0.5, 0.95, 0.99))
    recovery_p95 = percentiles_ms(recovery.counts, 0.95)
    return [
        Point(
            t=row["t"],
            reports=row["reports"],
            sessions=sessions[row["t"]]["sessions"],
            attempts=round(row["attempts"]),
            opened=round(row["opened"]),
            failed=round(row["failed"]),
            drops=round(row["drops"]),
            abnormal_sessions=sessions[row["t"]]["abnormal"],
            n=int(latency.n[place]),
            p50=p50[place],
            p95=p95[place],
            p99=p99[place],
            recovery_n=int(recovery.n[place]),
            recovery_p95=recovery_p95[place],
        )
        for place, row in enumerate(sums)
    ]
