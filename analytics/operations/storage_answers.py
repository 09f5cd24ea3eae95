"""The storage report, the same for API and page. Sizes are bytes, times aware UTC."""

from datetime import date, datetime

import msgspec


class TableSize(msgspec.Struct, frozen=True, kw_only=True):
    """A table with its indexes, all its days together; `rows` is PostgreSQL's estimate."""

    table: str
    rows: int
    size_bytes: int


class DaySize(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a table. `state` is stored, restored (from the archive) or leaving (detached)."""

    table: str
    day: date
    state: str
    rows: int
    size_bytes: int


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """The disk of the embedded database; null for an external one."""

    total_bytes: int | None
    free_bytes: int | None


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Growth of the store: `bytes_per_day` is the mean of the `days` complete days before today,
    with their share of the tables that have no days.

    `outlook` is unknown, holds (retention starts dropping days before the disk is full) or fills
    (in `days_left` days). `full_bytes` is the size once all days of the retention are stored.
    """

    bytes_per_day: int | None
    days: int
    full_bytes: int | None
    outlook: str
    days_left: float | None


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the scheduler: `outcome` is done, failed, running, or null when it never ran.

    `next_run` is null while no scheduler is running.
    """

    job: str
    every_seconds: int
    last_run: datetime | None
    duration_seconds: float | None
    outcome: str | None
    detail: str | None
    next_run: datetime | None


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """`count` rows (`outcome` rejected, cut or set aside) or requests (`outcome` refused) with the
    same reason."""

    source: str
    outcome: str
    reason: str
    count: int


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """Delay from the end of a row's period to its receipt: upper bounds of p50 and p95 in s."""

    n: int
    p50_within_seconds: int | None
    p95_within_seconds: int | None


class IngestPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A step from `t` on: rows accepted, duplicate, conflicting and rejected; requests refused."""

    t: datetime
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    refused: int


class Ingest(msgspec.Struct, frozen=True, kw_only=True):
    """Ingest outcomes of the range. Rates are per minute since the first minute counted. Of the
    accepted rows some were `cut` to what a session may add, and some were `set_aside` later: they
    count for nothing, since their sender was out of proportion to all others.

    `conflicts` came under a stored identity with another content; the first stays.
    """

    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    refused: int
    cut: int
    set_aside: int
    accepted_per_minute: float
    rejected_per_minute: float
    lag: Lag
    reasons: list[Fate]


class ArchiveState(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of ARCHIVE_DIR; `fault` when it cannot be read."""

    is_on: bool
    files: int
    size_bytes: int
    first_day: date | None
    last_day: date | None
    restored_days: list[date]
    fault: str | None


class OtherValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a dimension of an app that has no place in rollups, so counts as `other`; of the
    dimension `app` an app. `sessions` are those of 24 hours, counted once an hour; `since` is the
    first of them while it was listed without a break."""

    app: str
    dimension: str
    value: str
    sessions: int
    since: datetime


class SetAsideRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `table` that no job could process, for its `reason`; it counts for nothing."""

    table: str
    period_end: datetime
    reason: str
    set_aside_at: datetime


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """Retention in days of raw rows and of rollups."""

    raw_days: int
    rollup_days: int


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """The response of `GET /api/ws/storage`. Sizes and jobs are current, `ingest` is by range;
    `others` are at most 200, those with most sessions first, `odd_rows` at most 200, those set
    aside last first."""

    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    database_bytes: int
    disk: Disk
    growth: Growth
    retention: Retention
    archive: ArchiveState
    tables: list[TableSize]
    days: list[DaySize]
    jobs: list[JobState]
    ingest: Ingest
    series: list[IngestPoint]
    others: list[OtherValue]
    odd_rows: list[SetAsideRow]

    @property
    def zone(self) -> str:
        """The zone whose days the steps divide."""
        return "UTC"
