"""Reads the storage report; page, JSON and CSV use the same method."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from analytics.archive.store import archive_files
from analytics.jobs.timetable import TIMETABLE
from analytics.operations import storage_figures as figures
from analytics.operations.probes import SCHEDULER_LEASE, SCHEDULER_SILENCE
from analytics.operations.storage_answers import (
    ArchiveState,
    Disk,
    IngestPoint,
    OtherValue,
    Retention,
    SetAsideRow,
    Storage,
)
from analytics.ranges.steps import LADDER, ORIGIN, step_for
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.database.leases import Leases
from models.operations import other_values, storage_queries
from models.operations.job_runs import JobRuns
from models.raw import ingest_outcomes, quarantined_rows, restored_days
from settings import Settings

__all__ = ["StorageReport"]


class StorageReport:
    """Sizes, growth, jobs and ingest outcomes. Methods raise `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._now = now

    def read(self, window: TimeRange) -> Storage:
        """The report; `window` is the range of the ingest outcomes."""
        now, settings = self._now().astimezone(UTC), self._settings
        step = step_for(window, LADDER)
        length = timedelta(seconds=step.seconds)
        with self._database.transaction() as connection:
            sizes = storage_queries.sizes(connection)
            database_bytes = storage_queries.database_bytes(connection)
            totals = ingest_outcomes.totals(connection, window.start, window.end)
            series = ingest_outcomes.series(connection, window.start, window.end, length, ORIGIN)
        restored = restored_days.all_days(self._database)
        days = figures.days_of(sizes, restored)
        others = sum(size.size_bytes for size in sizes if size.day is None)
        disk = self._disk()
        retention_days = settings.websocket_metrics_retention_days
        first_minute = series[0]["t"] if series else None
        minutes = figures.minutes_counted(
            first_minute and max(first_minute, window.start), window.end, now
        )
        return Storage(
            start=window.start,
            end=window.end,
            data_as_of=now,
            resolution=step.name,
            step_seconds=step.seconds,
            database_bytes=database_bytes,
            disk=disk,
            growth=figures.growth_of(days, others, now.date(), retention_days, disk.free_bytes),
            retention=Retention(
                raw_days=retention_days, rollup_days=settings.rollup_retention_days
            ),
            archive=self._archive(restored),
            tables=figures.tables_of(sizes),
            days=days,
            jobs=figures.jobs_of(
                TIMETABLE,
                JobRuns(self._database).latest(),
                now,
                has_scheduler=self._has_scheduler(now),
            ),
            ingest=figures.ingest_of(totals, minutes),
            series=[IngestPoint(**row) for row in series],
            others=[
                OtherValue(
                    app=each.app, dimension=each.dimension, value=each.value,
                    sessions=each.sessions, since=each.since,
                )
                for each in other_values.listed(self._database, now)
            ],
            odd_rows=[
                SetAsideRow(
                    table=each.source, period_end=each.period_end, reason=each.reason,
                    set_aside_at=each.set_aside_at,
                )
                for each in quarantined_rows.listed(self._database)
            ],
        )  # fmt: skip

    def _disk(self) -> Disk:
        if self._settings.database_url:
            return Disk(total_bytes=None, free_bytes=None)
        folder = self._settings.data_dir
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        usage = shutil.disk_usage(existing)
        return Disk(total_bytes=usage.total, free_bytes=usage.free)

    def _archive(self, restored: list[date]) -> ArchiveState:
        folder, fault = self._settings.archive_dir, None
        try:
            files = archive_files(folder) if folder else []
        except OSError as error:
            files, fault = [], f"{folder} cannot be looked at: {error.strerror}"
        days = [file.day for file in files]
        return ArchiveState(
            is_on=folder is not None,
            files=len(files),
            size_bytes=sum(file.size_bytes for file in files),
            first_day=min(days, default=None),
            last_day=max(days, default=None),
            restored_days=restored,
            fault=fault,
        )

    def _has_scheduler(self, now: datetime) -> bool:
        renewed_at = Leases(self._database).renewed_at(SCHEDULER_LEASE)
        return renewed_at is not None and abs(now - renewed_at) <= SCHEDULER_SILENCE
