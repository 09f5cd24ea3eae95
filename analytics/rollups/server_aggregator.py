"""Rolls up server samples into minutes, hours and days, by app and by worker."""

from collections.abc import Sequence
from datetime import datetime

from analytics.query.read_plan import DAY, HOUR, MINUTE, floor_to
from analytics.rollups.server_cells import AppCell, WorkerCell, cell_rows
from models.database.engine import Connection, Database
from models.metrics.intervals import Interval
from models.rollups import dirty_minutes, rollup_store, sample_aggregates
from models.rollups.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)

from .watermark import Confirm, RollupSource, Watermark, changed_minutes

SAMPLES = RollupSource(dirty_minutes.SAMPLES, "server_samples", sample_aggregates.first_sample)
MINUTES_AT_ONCE = 120


class ServerAggregator:
    """`confirm` raises when the lease is lost. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._confirm = confirm
        self.watermark = Watermark(database, SAMPLES, confirm)

    def roll_up_hour(
        self, start: datetime, *, from_scratch: bool = False, with_day: bool = True
    ) -> None:
        """Make the cells of an hour, of its minutes and, once complete, of its day."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, (dirty_minutes.SAMPLES,), start, end)
            self._confirm(connection)
            if from_scratch:
                for table in (server_hours, server_minutes, worker_hours, worker_minutes):
                    rollup_store.clear(connection, table, start, end)
            _roll_up(connection, "hour", [(start, end)])
            _roll_up(connection, "minute", [(start, end)])
            if self.watermark.advance(connection, start, marks) and with_day:
                _roll_up_day(connection, floor_to(start, DAY), from_scratch=from_scratch)

    def roll_up_minutes(self, since: datetime) -> int:
        """Make the cells of dirty minutes from `since` on, up to a limit; returns how many."""
        with self.watermark.unit() as connection:
            changed = changed_minutes(connection, (dirty_minutes.SAMPLES,), since, MINUTES_AT_ONCE)
            if changed.minutes:
                self._confirm(connection)
                _roll_up(
                    connection, "minute", [(start, start + MINUTE) for start in changed.minutes]
                )
                dirty_minutes.clear(connection, changed.mark_ids)
        return len(changed.minutes)


def _roll_up(connection: Connection, level: str, intervals: Sequence[Interval]) -> None:
    apps, workers = {
        "minute": (server_minutes, worker_minutes),
        "hour": (server_hours, worker_hours),
    }[level]
    of_apps = sample_aggregates.by_app(connection, level, intervals)
    of_workers = sample_aggregates.by_worker(connection, level, intervals)
    rollup_store.upsert(connection, apps, cell_rows(of_apps, "app", AppCell))
    rollup_store.upsert(connection, workers, cell_rows(of_workers, "instance", WorkerCell))


def _roll_up_day(connection: Connection, day: datetime, *, from_scratch: bool) -> None:
    """Make the cells of a day from those of its hours."""
    span = (day, day + DAY)
    if from_scratch:
        for table in (server_days, worker_days):
            rollup_store.clear(connection, table, *span)
    apps = rollup_store.cells(connection, server_hours, *span)
    workers = rollup_store.cells(connection, worker_hours, *span)
    rollup_store.upsert(connection, server_days, cell_rows(apps, "app", AppCell, day))
    rollup_store.upsert(connection, worker_days, cell_rows(workers, "instance", WorkerCell, day))
