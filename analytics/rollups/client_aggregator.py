"""Rolls up what browsers reported, unit by unit: minutes, hours, days, all dimensions at once.

Each unit is one transaction and may be done again: it makes the same cells.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

from sqlalchemy import Connection, Table

from analytics.query.read_plan import DAY, HOUR, MINUTE, down
from analytics.rollups.client_cells import (
    CUSTOM,
    Admitted,
    ClientCell,
    Key,
    Row,
    cells_of,
    days_of,
    starts_of,
)
from models.database.engine import Database
from models.database.intervals import Interval
from models.rollups import (
    daily_cube,
    dirty_minutes,
    kept_values,
    report_aggregates,
    rollup_state,
    rollup_store,
    session_starts,
)
from models.rollups.client_rollups import (
    client_days,
    client_hours,
    client_minutes,
    session_days,
    session_hours,
)

from .watermark import Confirm, Source, Watermark, changed_minutes

SOURCE = dirty_minutes.REPORTS
REPORTS = Source(SOURCE, "client_reports", report_aggregates.first_report)
MARKED = (dirty_minutes.REPORTS, dirty_minutes.SESSIONS)
Cells = dict[Key, ClientCell]
DIVIDED_FOR = timedelta(hours=6)  # minutes have cells for each value as long
MINUTES_AT_ONCE = 60
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class ClientAggregator:
    """`confirm` raises when another leads by now. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._confirm = confirm
        self.watermark = Watermark(database, REPORTS, confirm)

    def hour(self, start: datetime, *, anew: bool = False, adds_up: bool = True) -> None:
        """Make the cells of an hour, of its minutes and, when that is over, of its day."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, MARKED, start, end)
            groups, minutes = _read_hour(connection, start)
            divided_from = rollup_state.divided_from(connection, SOURCE)
            if divided_from is not None and start >= divided_from:
                changed = {row["t"] for row in minutes} if anew else {m.minute for m in marks}
                minutes = _read_minutes(connection, changed, minutes)
            came = session_starts.starts(connection, start, end)
            admitted = _admitted(connection, [*groups, *came])
            starts = starts_of(came, session_starts.minutes(connection, start, end), admitted)
            self._confirm(connection)
            if anew:
                _clear(connection, (client_hours, client_minutes), start, end)
            _clear(connection, (session_hours,), start, end)  # sessions move, reports never do
            _store(connection, client_hours, cells_of(groups, admitted))
            _store(connection, client_minutes, cells_of(minutes, admitted))
            rollup_store.upsert(connection, session_hours, starts)
            if self.watermark.settle(connection, start, marks) and adds_up:
                _add_up(connection, down(start, DAY), anew=anew)

    def minutes(self, since: datetime) -> int:
        """Make the cells of changed minutes from `since` on, as many as fit; how many.

        Those of single values are kept for the last hours alone.
        """
        with self.watermark.unit() as connection:
            changed = changed_minutes(connection, MARKED, since, MINUTES_AT_ONCE)
            if not changed.minutes:
                return 0
            groups = _read_minutes(connection, changed.minutes)
            admitted = _admitted(connection, groups)
            self._confirm(connection)
            _store(connection, client_minutes, cells_of(groups, admitted))
            if rollup_state.divided_from(connection, SOURCE) is None:
                rollup_state.divide(connection, SOURCE, since)
            dirty_minutes.clear(connection, changed.marks)
        return len(changed.minutes)

    def sessions(self, start: datetime) -> None:
        """Count again the sessions that started in a settled hour."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, (dirty_minutes.SESSIONS,), start, end)
            came = session_starts.starts(connection, start, end)
            minutes = session_starts.minutes(connection, start, end)
            starts = starts_of(came, minutes, _admitted(connection, came))
            self._confirm(connection)
            _clear(connection, (session_hours,), start, end)
            rollup_store.upsert(connection, session_hours, starts)
            dirty_minutes.clear(connection, [mark.id for mark in marks])
            day = down(start, DAY)
            if day + DAY <= (rollup_state.settled(connection, SOURCE) or start):
                _clear(connection, (session_days,), day, day + DAY)
                session_starts.add_up_day(connection, day, day + DAY)

    def cross(self, day: datetime) -> None:
        """Count a whole day by all dimensions at once."""
        with self.watermark.unit() as connection:
            self._confirm(connection)
            daily_cube.remake(connection, day, day + DAY)
            rollup_state.cross(connection, SOURCE, day + DAY)

    def crossed(self) -> datetime | None:
        """The first day not counted so."""
        with self.watermark.unit() as connection:
            return rollup_state.crossed(connection, SOURCE)

    def forget_marks(self, before: datetime) -> None:
        """What is older than the rows themselves is not made again."""
        with self.watermark.unit() as connection:
            old = dirty_minutes.marks(connection, MARKED, LONG_AGO, before)
            self._confirm(connection)
            dirty_minutes.clear(connection, [mark.id for mark in old])

    def thin_out(self, settled: datetime) -> None:
        """Forget the single values of minutes that hours hold by now."""
        with self.watermark.unit() as connection:
            self._confirm(connection)
            if rollup_state.divided_from(connection, SOURCE) is not None:
                rollup_state.divide(connection, SOURCE, settled - DIVIDED_FOR)
                rollup_store.forget_divided(connection, client_minutes, settled - DIVIDED_FOR)


def _read_hour(connection: Connection, start: datetime) -> tuple[list[Row], list[Row]]:
    """Raw groups of an hour by value, and of its minutes, in portions that fit into memory."""
    size = report_aggregates.bytes_in(connection, (start, start + HOUR))
    portions = min(60, max(1, ceil(size / report_aggregates.BYTES_AT_ONCE)))
    edges = [start + n * (HOUR // portions) for n in range(portions)] + [start + HOUR]
    groups: list[Row] = []
    minutes: list[Row] = []
    for piece in pairwise(edges):
        groups += report_aggregates.grouped(connection, "hour", [piece], CUSTOM)
        minutes += report_aggregates.undivided(connection, [piece], CUSTOM)
    return groups, minutes


def _read_minutes(
    connection: Connection, minutes: Collection[datetime], others: Sequence[Row] = ()
) -> list[Row]:
    """Raw groups of these minutes by value, beside the undivided ones of others."""
    pieces = [(minute, minute + MINUTE) for minute in sorted(minutes)]
    divided = report_aggregates.grouped(connection, "minute", pieces, CUSTOM)
    return divided + [row for row in others if row["t"] not in minutes]


def _admitted(connection: Connection, groups: Iterable[Row]) -> Admitted:
    """The values kept apart, new ones among them where there is room."""
    known = kept_values.admitted(connection)
    seen = [(r["app"], r["dimension"], r["value"]) for r in groups if r["dimension"]]
    new = kept_values.admissible(known, seen)
    kept_values.admit(connection, new)
    return known | frozenset(new)


def _store(connection: Connection, table: Table, cells: Cells) -> None:
    rollup_store.upsert(connection, table, [cell.as_row(key) for key, cell in cells.items()])


def _clear(connection: Connection, tables: Sequence[Table], start: datetime, end: datetime) -> None:
    for table in tables:
        rollup_store.clear(connection, table, start, end)


def _add_up(connection: Connection, day: datetime, *, anew: bool) -> None:
    """The cells of a day from those of its hours."""
    span: Interval = (day, day + DAY)
    if anew:
        _clear(connection, (client_days,), *span)
    _clear(connection, (session_days,), *span)
    _store(
        connection, client_days, days_of(rollup_store.stored(connection, client_hours, *span), day)
    )
    session_starts.add_up_day(connection, *span)
