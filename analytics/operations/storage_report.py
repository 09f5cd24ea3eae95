"""The only reader of how the store itself fares: page, JSON and CSV ask the same method."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from analytics.archive.store import lying_in
from analytics.jobs.schedule import SCHEDULE
from analytics.operations import storage_figures as figures
from analytics.operations.health import SCHEDULER_LEASE, SCHEDULER_SILENCE
from analytics.operations.storage_answers import ArchiveState, Disk, IngestPoint, Retention, Storage
from analytics.ranges.steps import LADDER, ORIGIN, step_for
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.database.leases import Leases
from models.operations import storage_queries
from models.operations.job_runs import JobRuns
from models.raw import ingest_outcomes, restored_days
from settings import Settings

__all__ = ["StorageReport"]


class StorageReport:
    """Tells of sizes, growth, jobs and what came in. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._now = now

    def read(self, window: TimeRange) -> Storage:
        """Everything; `window` is the range of what came in."""
        now, settings = self._now().astimezone(UTC), self._settings
        step = step_for(window, LADDER)
        length = timedelta(seconds=step.seconds)
        with self._database.transaction() as connection:
            sizes = storage_queries.sizes(connection)
            whole = storage_queries.database_bytes(connection)
            totals = ingest_outcomes.totals(connection, window.start, window.end)
            series = ingest_outcomes.series(connection, window.start, window.end, length, ORIGIN)
        restored = restored_days.all_of_them(self._database)
        days = figures.days_of(sizes, restored)
        others = sum(size.size_bytes for size in sizes if size.day is None)
        disk = self._disk()
        kept = settings.websocket_metrics_retention_days
        first = series[0]["t"] if series else None
        minutes = figures.minutes_counted(first and max(first, window.start), window.end, now)
        return Storage(
            start=window.start,
            end=window.end,
            data_as_of=now,
            resolution=step.name,
            step_seconds=step.seconds,
            database_bytes=whole,
            disk=disk,
            growth=figures.growth_of(days, others, now.date(), kept, disk.free_bytes),
            retention=Retention(raw_days=kept, rollup_days=settings.rollup_retention_days),
            archive=self._archive(restored),
            tables=figures.tables_of(sizes),
            days=days,
            jobs=figures.jobs_of(
                [(job.name, job.every_seconds) for job in SCHEDULE],
                JobRuns(self._database).latest(),
                now,
                is_led=self._is_led(now),
            ),
            ingest=figures.ingest_of(totals, minutes),
            series=[IngestPoint(**row) for row in series],
        )

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
            kept = lying_in(folder) if folder else []
        except OSError as error:
            kept, fault = [], f"{folder} cannot be looked at: {error.strerror}"
        days = [one.day for one in kept]
        return ArchiveState(
            is_on=folder is not None,
            files=len(kept),
            size_bytes=sum(one.size_bytes for one in kept),
            first_day=min(days, default=None),
            last_day=max(days, default=None),
            restored_days=restored,
            fault=fault,
        )

    def _is_led(self, now: datetime) -> bool:
        seen = Leases(self._database).last_sign(SCHEDULER_LEASE)
        return seen is not None and now - seen <= SCHEDULER_SILENCE
