"""Growth, outlook, ingest rates and lag of the storage report. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.operations.storage_answers import (
    DaySize,
    Fate,
    Growth,
    Ingest,
    JobState,
    Lag,
    TableSize,
)
from models.operations.job_runs import JobRun
from models.operations.storage_queries import RelationSize

CUT_OFF = "cut off: no scheduler is running"
GROWTH_DAYS = 7
REASONED = frozenset({"rejected", "refused", "cut", "set aside"})
Rows = Sequence[Mapping[str, Any]]


def tables_of(sizes: Iterable[RelationSize]) -> list[TableSize]:
    """Sizes by table, days added up, the largest first."""
    sums: dict[str, tuple[int, int]] = {}
    for size in sizes:
        rows, total = sums.get(size.table, (0, 0))
        sums[size.table] = rows + size.rows, total + size.size_bytes
    tables = [
        TableSize(table=t, rows=rows, size_bytes=size_bytes)
        for t, (rows, size_bytes) in sums.items()
    ]
    return sorted(tables, key=lambda table: (-table.size_bytes, table.table))


def days_of(sizes: Iterable[RelationSize], restored: Iterable[date]) -> list[DaySize]:
    """Every day that has rows, oldest first."""
    restored_days = frozenset(restored)
    days = [
        DaySize(
            table=size.table,
            day=size.day,
            state="leaving"
            if size.is_leaving
            else "restored"
            if size.day in restored_days
            else "stored",
            rows=size.rows,
            size_bytes=size.size_bytes,
        )
        for size in sizes
        if size.day is not None and not size.is_empty
    ]
    return sorted(days, key=lambda day: (day.day, day.table))


def growth_of(
    days: Iterable[DaySize],
    other_bytes: int,
    today: date,
    retention_days: int,
    free_bytes: int | None,
) -> Growth:
    """The growth of the store: each day adds its bytes; from `retention_days` on one is dropped for
    each that is added.

    `other_bytes`, the tables without days (sessions, rollups), are attributed to the stored days in
    equal parts.
    """
    stored = [day for day in days if day.state == "stored" and day.day < today]
    by_day: dict[date, int] = {}
    for day in stored:
        by_day[day.day] = by_day.get(day.day, 0) + day.size_bytes
    recent = [b for day, b in by_day.items() if today - day <= timedelta(days=GROWTH_DAYS)]
    if not recent:
        return Growth(
            bytes_per_day=None, days=0, full_bytes=None, outlook="unknown", days_left=None
        )
    per_day = round(sum(recent) / len(recent) + other_bytes / len(by_day))
    remaining_bytes = max(0, retention_days - len(by_day)) * per_day
    outlook, days_left = "unknown", None
    if free_bytes is not None:
        fills = remaining_bytes > free_bytes
        outlook, days_left = ("fills", free_bytes / per_day) if fills else ("holds", None)
    return Growth(
        bytes_per_day=per_day,
        days=len(recent),
        full_bytes=per_day * retention_days,
        outlook=outlook,
        days_left=None if days_left is None else round(days_left, 1),
    )


def jobs_of(
    schedule: Iterable[tuple[str, int]],
    runs: Iterable[JobRun],
    now: datetime,
    *,
    has_scheduler: bool,
) -> list[JobState]:
    """Each job of the schedule (name, interval in seconds) with its newest run."""
    latest = {run.job: run for run in runs}
    return [_job(name, every, latest.get(name), now, has_scheduler) for name, every in schedule]


def ingest_of(totals: Rows, minutes: float) -> Ingest:
    """Ingest totals and rates over `minutes`; `totals` are rows of models.raw.ingest_outcomes."""
    sums: dict[str, int] = {}
    for row in totals:
        sums[row["outcome"]] = sums.get(row["outcome"], 0) + row["count"]
    accepted, rejected = sums.get("accepted", 0), sums.get("rejected", 0)
    refused = sums.get("refused", 0)
    return Ingest(
        accepted=accepted,
        duplicates=sums.get("duplicate", 0),
        conflicts=sums.get("conflict", 0),
        rejected=rejected,
        refused=refused,
        cut=sums.get("cut", 0),
        set_aside=sums.get("set aside", 0),
        accepted_per_minute=round(accepted / minutes, 3),
        rejected_per_minute=round((rejected + refused) / minutes, 3),
        lag=lag_of([(int(r["reason"]), r["count"]) for r in totals if r["outcome"] == "lag"]),
        reasons=[
            Fate(
                source=row["source"], outcome=row["outcome"], reason=row["reason"],
                count=row["count"],
            )
            for row in totals
            if row["outcome"] in REASONED
        ],
    )  # fmt: skip


def lag_of(within: Iterable[tuple[int, int]]) -> Lag:
    """p50 and p95 of the lag from (upper bound in seconds, count) pairs."""
    ordered = sorted(within)
    n = sum(count for _, count in ordered)
    return Lag(
        n=n,
        p50_within_seconds=_bound(ordered, n * 0.5),
        p95_within_seconds=_bound(ordered, n * 0.95),
    )


def minutes_counted(first: datetime | None, end: datetime, now: datetime) -> float:
    """Minutes from the first one counted to the end of the range or now, at least 1."""
    if first is None:
        return 1.0
    return max(1.0, (min(end, now) - first.astimezone(UTC)).total_seconds() / 60)


def _bound(ordered: Sequence[tuple[int, int]], rank: float) -> int | None:
    cumulative = 0
    for bound, count in ordered:
        cumulative += count
        if cumulative >= rank:
            return bound
    return None


def _job(name: str, every: int, run: JobRun | None, now: datetime, has_scheduler: bool) -> JobState:
    due = now if run is None else max(now, run.started_at + timedelta(seconds=every))
    ended = run.finished_at if run else None
    outcome, detail = (run.outcome or "running", run.detail) if run else (None, None)
    if outcome == "running" and not has_scheduler:
        outcome, detail = "failed", CUT_OFF
    return JobState(
        job=name,
        every_seconds=every,
        last_run=run.started_at if run else None,
        duration_seconds=(ended - run.started_at).total_seconds() if run and ended else None,
        outcome=outcome,
        detail=detail,
        next_run=due if has_scheduler else None,
    )
