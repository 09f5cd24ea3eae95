"""Keeps the server rollups up to date, unit by unit: hours that are over, changed minutes, days."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from analytics.read_plan import DAY, HOUR, MINUTE, down
from analytics.server_cells import AppCell, WorkerCell, rows_of
from models import cell_store, rollup_state, sample_groups, touched
from models.database import Database
from models.report_groups import Interval
from models.rollup_unit import RollupBusy, unit
from models.server_rollups import (
    server_days,
    server_hours,
    server_minutes,
    worker_days,
    worker_hours,
    worker_minutes,
)

from .job import Surroundings

SOURCE = touched.SAMPLES
GRACE = timedelta(minutes=2)
LATE_HOURS_AT_ONCE = 10
MINUTES_AT_ONCE = 120
LATE_FOR = timedelta(hours=50)  # a sample may be 48 h old
LONGEST_SECONDS = 8.0  # a run ends before the next one is due, which goes on
UNMARKED = timedelta(hours=3)  # rows of hours still open may have come before there were marks
FAR = datetime(9999, 1, 1, tzinfo=UTC)
Confirm = Callable[[Connection], None]


class ServerRoller:
    """`confirm` raises when another leads by now. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._database = database
        self._confirm = confirm

    def settled(self, now: datetime) -> datetime:
        """Where the settled hours end; at first where the samples begin."""
        with unit(self._database, SOURCE) as connection:
            until = rollup_state.settled(connection, SOURCE)
            if until is None:
                until = down(sample_groups.first_sample(connection) or now, HOUR)
                self._confirm(connection)
                rollup_state.begin(connection, SOURCE, until, until)
                touched.mark_again(connection, SOURCE, "server_samples", now - UNMARKED)
        return until

    def go_back(self, settled: datetime) -> None:
        """Begin again from `settled` on: until all is made, the rows themselves are read."""
        with unit(self._database, SOURCE) as connection:
            self._confirm(connection)
            rollup_state.go_back(connection, SOURCE, settled, down(settled, DAY))

    def hour(self, start: datetime, *, anew: bool = False, adds_up: bool = True) -> None:
        """Make the cells of an hour, of its minutes and, when that is over, of its day."""
        end, day = start + HOUR, down(start, DAY)
        with unit(self._database, SOURCE) as connection:
            marks = touched.marks(connection, (SOURCE,), start, end)
            self._confirm(connection)
            if anew:
                for table in (server_hours, server_minutes, worker_hours, worker_minutes):
                    cell_store.clear(connection, table, start, end)
            _make(connection, "hour", [(start, end)])
            _make(connection, "minute", [(start, end)])
            touched.clear(connection, [mark.id for mark in marks])
            until = rollup_state.advance(connection, SOURCE, start, end)
            if day + DAY <= until and adds_up:
                _add_up(connection, day, anew=anew)

    def minutes(self, since: datetime) -> int:
        """Make the cells of changed minutes from `since` on, as many as fit; how many."""
        with unit(self._database, SOURCE) as connection:
            marks = touched.marks(connection, (SOURCE,), since, FAR)
            chosen = sorted({mark.minute for mark in marks})[:MINUTES_AT_ONCE]
            if chosen:
                self._confirm(connection)
                _make(connection, "minute", [(minute, minute + MINUTE) for minute in chosen])
                touched.clear(connection, [m.id for m in marks if m.minute <= chosen[-1]])
        return len(chosen)

    def late_hours(self, oldest: datetime, settled: datetime) -> list[datetime]:
        """The settled hours with samples that came since, oldest first."""
        with unit(self._database, SOURCE) as connection:
            marks = touched.marks(connection, (SOURCE,), oldest, settled)
        return sorted({down(mark.minute, HOUR) for mark in marks})


def step(around: Surroundings) -> str:
    """One round; what is left over is done by the next."""
    roller = ServerRoller(around.database, around.lease.confirm)
    kept = timedelta(days=around.settings.websocket_metrics_retention_days)
    try:
        return run(roller, around.now(), kept)
    except RollupBusy as busy:
        return str(busy)


def run(roller: ServerRoller, now: datetime, kept: timedelta) -> str:
    """Hours that are over, then changed minutes, then what came late. Raises `RollupBusy`."""
    until = monotonic() + LONGEST_SECONDS
    first_kept = down(now - kept, DAY) + DAY
    settled, hours, minutes = _begun(roller, now, first_kept), 0, 0
    while settled + HOUR + GRACE <= now and monotonic() < until:
        roller.hour(settled)
        settled, hours = settled + HOUR, hours + 1
    if settled + HOUR + GRACE > now:
        while (made := roller.minutes(settled)) and monotonic() < until:
            minutes += made
    late = roller.late_hours(first_kept, settled)[:LATE_HOURS_AT_ONCE]
    for hour in late:
        roller.hour(hour)
    return f"{minutes} minutes, {hours} hours, {len(late)} late hours"


def _begun(roller: ServerRoller, now: datetime, first_kept: datetime) -> datetime:
    """Where settled hours end; after a load of old samples all from there on is made in order."""
    settled = roller.settled(now)
    loaded = roller.late_hours(first_kept, min(settled, now - LATE_FOR))
    if loaded:
        roller.go_back(loaded[0])
        return loaded[0]
    return settled


def _make(connection: Connection, level: str, intervals: Sequence[Interval]) -> None:
    apps, workers = {
        "minute": (server_minutes, worker_minutes),
        "hour": (server_hours, worker_hours),
    }[level]
    of_apps = sample_groups.of_apps(connection, level, intervals)
    of_workers = sample_groups.of_workers(connection, level, intervals)
    cell_store.upsert(connection, apps, rows_of(of_apps, "app", AppCell))
    cell_store.upsert(connection, workers, rows_of(of_workers, "instance", WorkerCell))


def _add_up(connection: Connection, day: datetime, *, anew: bool) -> None:
    """The cells of a day from those of its hours."""
    span = (day, day + DAY)
    if anew:
        for table in (server_days, worker_days):
            cell_store.clear(connection, table, *span)
    apps = cell_store.stored(connection, server_hours, *span)
    workers = cell_store.stored(connection, worker_hours, *span)
    cell_store.upsert(connection, server_days, rows_of(apps, "app", AppCell, day))
    cell_store.upsert(connection, worker_days, rows_of(workers, "instance", WorkerCell, day))
