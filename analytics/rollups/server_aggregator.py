"""Rolls up what servers measured, unit by unit: minutes, hours, days, by app and by worker."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from analytics.query.read_plan import DAY, HOUR, MINUTE, down
from analytics.rollups.server_cells import AppCell, WorkerCell, rows_of
from models.database.engine import Database
from models.database.intervals import Interval
from models.rollups import dirty_minutes, rollup_store, sample_aggregates
from models.rollups.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)

from .watermark import Confirm, Source, Watermark, changed_minutes

SAMPLES = Source(dirty_minutes.SAMPLES, "server_samples", sample_aggregates.first_sample)
MINUTES_AT_ONCE = 120


class ServerAggregator:
    """`confirm` raises when another leads by now. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._confirm = confirm
        self.watermark = Watermark(database, SAMPLES, confirm)

    def hour(self, start: datetime, *, anew: bool = False, adds_up: bool = True) -> None:
        """Make the cells of an hour, of its minutes and, when that is over, of its day."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, (dirty_minutes.SAMPLES,), start, end)
            self._confirm(connection)
            if anew:
                for table in (server_hours, server_minutes, worker_hours, worker_minutes):
                    rollup_store.clear(connection, table, start, end)
            _make(connection, "hour", [(start, end)])
            _make(connection, "minute", [(start, end)])
            if self.watermark.settle(connection, start, marks) and adds_up:
                _add_up(connection, down(start, DAY), anew=anew)

    def minutes(self, since: datetime) -> int:
        """Make the cells of changed minutes from `since` on, as many as fit; how many."""
        with self.watermark.unit() as connection:
            changed = changed_minutes(connection, (dirty_minutes.SAMPLES,), since, MINUTES_AT_ONCE)
            if changed.minutes:
                self._confirm(connection)
                _make(connection, "minute", [(start, start + MINUTE) for start in changed.minutes])
                dirty_minutes.clear(connection, changed.marks)
        return len(changed.minutes)


def _make(connection: Connection, level: str, intervals: Sequence[Interval]) -> None:
    apps, workers = {
        "minute": (server_minutes, worker_minutes),
        "hour": (server_hours, worker_hours),
    }[level]
    of_apps = sample_aggregates.of_apps(connection, level, intervals)
    of_workers = sample_aggregates.of_workers(connection, level, intervals)
    rollup_store.upsert(connection, apps, rows_of(of_apps, "app", AppCell))
    rollup_store.upsert(connection, workers, rows_of(of_workers, "instance", WorkerCell))


def _add_up(connection: Connection, day: datetime, *, anew: bool) -> None:
    """The cells of a day from those of its hours."""
    span = (day, day + DAY)
    if anew:
        for table in (server_days, worker_days):
            rollup_store.clear(connection, table, *span)
    apps = rollup_store.stored(connection, server_hours, *span)
    workers = rollup_store.stored(connection, worker_hours, *span)
    rollup_store.upsert(connection, server_days, rows_of(apps, "app", AppCell, day))
    rollup_store.upsert(connection, worker_days, rows_of(workers, "instance", WorkerCell, day))
