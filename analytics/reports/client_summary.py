"""Computes a `Summary` from query rows; pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from analytics.query.client_rows import QueryRows
from analytics.query.step_sums import Row, Rows, StepSums
from analytics.ranges.steps import Step
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import (
    Connection,
    Experience,
    Messages,
    PageLoad,
    Point,
    Summary,
)
from analytics.stats.estimates import Durations
from analytics.stats.merging import percentiles_ms
from analytics.stats.summaries import durations_of, share_of
from models.metrics.dimensions import UNKNOWN

SERIES_COUNTS = ("attempts", "opened", "failed", "drops")
NO_SESSIONS = {"sessions": 0, "abnormal": 0}


def summary_of(window: TimeRange, filters: Filters, step: Step, query_rows: QueryRows) -> Summary:
    """The summary, with a point for every step that has reports."""
    steps, session_totals = query_rows.steps, query_rows.session_totals
    total, unweighted = steps.total, steps.unweighted
    return Summary(
        start=window.start,
        end=window.end,
        data_as_of=query_rows.data_as_of,
        resolution=step.name,
        step_seconds=step.seconds,
        filters=filters.active(),
        reports=unweighted["reports"],
        sessions=session_totals["sessions"],
        abnormal_sessions=session_totals["abnormal"],
        sessions_are=query_rows.sessions_are,
        note=query_rows.note,
        lost_reports=round(total["lost_reports"]),
        latest_report=steps.latest,
        connection=_connection(total, query_rows.close_codes),
        connect_success=share_of(total["opened"], total["attempts"], unweighted["attempts"]),
        stability=share_of(
            session_totals["sessions"] - session_totals["abnormal"],
            session_totals["sessions"],
            session_totals["sessions"],
        ),
        messages=Messages(**{name: round(total[name]) for name in Messages.__struct_fields__}),
        error_rate=share_of(
            total["errors"],
            total["sent"] + total["received"],
            unweighted["sent"] + unweighted["received"],
        ),
        latency_ms=durations_of(steps.latency),
        setup_ms=durations_of(steps.setup),
        recovery_ms=durations_of(steps.recovery),
        ux=_experience(total, durations_of(steps.page_load)),
        network=frequencies(query_rows.effective_types),
        series=_series(steps, query_rows.sessions),
    )


def frequencies(rows: Rows) -> dict[str, int]:
    """Reports per value, most frequent first; an absent value counts as unknown."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["value"] or UNKNOWN] += row["reports"]
    return dict(counts.most_common())


def _connection(total: Mapping[str, float], close_codes: Rows) -> Connection:
    others = ("close_codes", "recovered_within_5_s")
    names = [name for name in Connection.__struct_fields__ if name not in others]
    return Connection(
        **{name: round(total[name]) for name in names},
        recovered_within_5_s=round(total["recovered_soon"]),
        close_codes={row["code"]: round(row["count"]) for row in close_codes},
    )


def _experience(total: Mapping[str, float], page_load: Durations) -> Experience:
    return Experience(
        page_load_ms=PageLoad(n=page_load.n, p50=page_load.p50, p95=page_load.p95),
        errors=round(total["ux_errors"]),
        interactions=round(total["interactions"]),
    )


def _series(steps: StepSums, sessions: Mapping[datetime, Row]) -> list[Point]:
    p50, p95, p99 = (percentiles_ms(steps.latency.counts, share) for share in (0.5, 0.95, 0.99))
    recovery_p95 = percentiles_ms(steps.recovery.counts, 0.95)
    return [
        Point(
            t=t,
            reports=steps.reports[index],
            sessions=sessions.get(t, NO_SESSIONS)["sessions"],
            abnormal_sessions=sessions.get(t, NO_SESSIONS)["abnormal"],
            **{name: round(steps.counts[index][name]) for name in SERIES_COUNTS},
            n=int(steps.latency.n[index]),
            p50=p50[index],
            p95=p95[index],
            p99=p99[index],
            recovery_n=int(steps.recovery.n[index]),
            recovery_p95=recovery_p95[index],
        )
        for t, index in steps.index_of.items()
    ]
