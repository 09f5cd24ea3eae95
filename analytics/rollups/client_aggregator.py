"""Rolls up client reports into minutes, hours, days and the daily cube.

Each unit is one idempotent transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from analytics.query.read_plan import DAY, HOUR, MINUTE, floor_to
from analytics.rollups.client_cells import (
    CUSTOM,
    ClientCell,
    Key,
    Row,
    add_sessions,
    add_stored,
    cells_of,
    days_of,
)
from models.database.engine import Connection, Database, Table
from models.metrics.dimensions import CELL_DIMENSIONS
from models.metrics.intervals import Interval
from models.queries import session_amounts
from models.rollups import (
    daily_cube,
    dirty_minutes,
    pair_state,
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
from models.rollups.session_states import session_state_minutes
from models.rollups.tracked_values import TrackedValues, dimension_values, new_tenures
from models.rollups.tracked_values import store as store_values

from . import state_cells
from .pair_aggregator import PairAggregator
from .watermark import Confirm, RollupSource, Watermark, changed_minutes

SOURCE = dirty_minutes.REPORTS
REPORTS = RollupSource(SOURCE, "client_reports", report_aggregates.first_report)
MARK_SOURCES = (dirty_minutes.REPORTS, dirty_minutes.SESSIONS)
Cells = dict[Key, ClientCell]
MINUTE_DETAILS_FOR = timedelta(hours=6)  # age of minute cells by dimension
MINUTES_AT_ONCE = 60
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class ClientAggregator:
    """`confirm` raises when the lease is lost. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._confirm = confirm
        self.watermark = Watermark(database, REPORTS, confirm)
        self.pairs = PairAggregator(self.watermark, confirm)

    def roll_up_hour(
        self, start: datetime, *, from_scratch: bool = False, with_day: bool = True
    ) -> None:
        """Make the cells of an hour, of its minutes and, once complete, of its day."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, MARK_SOURCES, start, end)
            groups, minutes, portions = _read_hour(connection, start)
            by_dimension_from = rollup_state.by_dimension_from(connection, SOURCE)
            changed = {row["t"] for row in minutes} if from_scratch else {m.minute for m in marks}
            is_split = by_dimension_from is not None and start >= by_dimension_from
            of_minutes = _read_sessions(connection, changed, is_split=is_split)
            stored = (
                rollup_store.largest_sessions(connection, client_minutes, start, end)
                if minutes
                else []
            )
            if is_split:
                minutes = _read_minutes(connection, changed, minutes)
            session_groups = session_starts.starts(connection, start, end)
            tracked = _tracked_values(connection, [*groups, *session_groups])
            starts = state_cells.session_start_rows(
                session_groups, session_starts.minutes(connection, start, end), tracked
            )
            hour_cells, minute_cells = cells_of(groups, tracked), cells_of(minutes, tracked)
            _add_sessions(connection, hour_cells, portions, tracked)
            add_sessions(minute_cells, *of_minutes, tracked)
            add_stored(minute_cells, (row for row in stored if row["t"] not in changed))
            self._confirm(connection)
            if from_scratch:
                _clear(connection, (client_minutes,), start, end)
            rollup_store.clear_minutes(connection, client_minutes, changed)
            # Sessions change, and reports may be set aside: a cell may be left without any.
            _clear(connection, (client_hours, session_hours), start, end)
            _store(connection, client_hours, hour_cells)
            _store(connection, client_minutes, minute_cells)
            rollup_store.upsert(connection, session_hours, starts)
            is_day_complete = self.watermark.advance(connection, start, marks)
            state_cells.remake_hour(connection, start, tracked)
            if is_day_complete and with_day:
                _roll_up_day(connection, floor_to(start, DAY))

    def roll_up_minutes(self, since: datetime) -> int:
        """Make the cells of dirty minutes from `since` on, up to a limit; returns how many.

        Those by dimension are stored for the last hours only.
        """
        with self.watermark.unit() as connection:
            changed = changed_minutes(connection, MARK_SOURCES, since, MINUTES_AT_ONCE)
            if not changed.minutes:
                return 0
            groups = _read_minutes(connection, changed.minutes)
            of_minutes = _read_sessions(connection, changed.minutes, is_split=True)
            tracked = _tracked_values(connection, groups)
            self._confirm(connection)
            rollup_store.clear_minutes(connection, client_minutes, changed.minutes)
            cells = cells_of(groups, tracked)
            add_sessions(cells, *of_minutes, tracked)
            _store(connection, client_minutes, cells)
            state_cells.remake_minutes(connection, changed.minutes, tracked)
            if rollup_state.by_dimension_from(connection, SOURCE) is None:
                rollup_state.advance_by_dimension_from(connection, SOURCE, since)
            dirty_minutes.clear(connection, changed.mark_ids)
        return len(changed.minutes)

    def advance_states(self, now: datetime, most: timedelta) -> bool:
        """Count the states of sessions at the ends of the minutes until `now`, but of not more
        than `most`; whether some are left."""
        with self.watermark.unit() as connection:
            self._confirm(connection)
            return state_cells.advance(connection, now, dimension_values(connection), most)

    def recount_sessions(self, start: datetime) -> None:
        """Recount the sessions that started in a complete hour."""
        end = start + HOUR
        with self.watermark.unit() as connection:
            marks = dirty_minutes.marks(connection, (dirty_minutes.SESSIONS,), start, end)
            session_groups = session_starts.starts(connection, start, end)
            minutes = session_starts.minutes(connection, start, end)
            starts = state_cells.session_start_rows(
                session_groups, minutes, _tracked_values(connection, session_groups)
            )
            self._confirm(connection)
            _clear(connection, (session_hours,), start, end)
            rollup_store.upsert(connection, session_hours, starts)
            dirty_minutes.clear(connection, [mark.id for mark in marks])
            day = floor_to(start, DAY)
            if day + DAY <= (rollup_state.complete_until(connection, SOURCE) or start):
                _clear(connection, (session_days,), day, day + DAY)
                session_starts.add_up_day(connection, day, day + DAY)

    def build_cube(self, day: datetime) -> None:
        """Count a full day by all dimensions at once."""
        with self.watermark.unit() as connection:
            self._confirm(connection)
            daily_cube.remake(connection, day, day + DAY)
            rollup_state.advance_cube_until(connection, SOURCE, day + DAY)

    def cube_until(self) -> datetime | None:
        """The first day without a cube."""
        with self.watermark.unit() as connection:
            return rollup_state.cube_until(connection, SOURCE)

    def drop_old_marks(self, before: datetime) -> None:
        """Drop the marks of minutes before the retention of raw rows: they are never made again."""
        with self.watermark.unit() as connection:
            old = dirty_minutes.marks(connection, MARK_SOURCES, LONG_AGO, before)
            self._confirm(connection)
            dirty_minutes.clear(connection, [mark.id for mark in old])

    def drop_minute_details(self, complete_until: datetime) -> None:
        """Drop minute cells by dimension once they are covered by hours."""
        with self.watermark.unit() as connection:
            self._confirm(connection)
            if rollup_state.by_dimension_from(connection, SOURCE) is not None:
                rollup_state.advance_by_dimension_from(
                    connection, SOURCE, complete_until - MINUTE_DETAILS_FOR
                )
                for table in (client_minutes, session_state_minutes):
                    rollup_store.forget_by_dimension(
                        connection, table, complete_until - MINUTE_DETAILS_FOR
                    )


def _read_hour(
    connection: Connection, start: datetime
) -> tuple[list[Row], list[Row], list[Interval]]:
    """Raw groups of an hour by dimension, and of its minutes in total, read in portions; and the
    portions that have any."""
    size = report_aggregates.bytes_in(connection, (start, start + HOUR))
    portions = min(60, max(1, ceil(size / report_aggregates.BYTES_AT_ONCE)))
    edges = [start + n * (HOUR // portions) for n in range(portions)] + [start + HOUR]
    groups: list[Row] = []
    minutes: list[Row] = []
    filled: list[Interval] = []
    for piece in pairwise(edges):
        groups += report_aggregates.by_dimension(connection, "hour", [piece], CUSTOM)
        if of_piece := report_aggregates.totals(connection, [piece], CUSTOM):
            minutes += of_piece
            filled.append(piece)
    return groups, minutes, filled


def _add_sessions(
    connection: Connection, cells: Cells, portions: Iterable[Interval], tracked: TrackedValues
) -> None:
    """Add the sessions of an hour to its cells, so that memory holds the rows of one portion."""
    for piece in portions:
        rows = session_amounts.by_session(connection, "hour", [piece], CELL_DIMENSIONS)
        add_sessions(cells, rows, CELL_DIMENSIONS, tracked)


def _read_minutes(
    connection: Connection, minutes: Collection[datetime], others: Sequence[Row] = ()
) -> list[Row]:
    """Raw groups of these minutes by dimension, and those of `others` outside them."""
    intervals = [(minute, minute + MINUTE) for minute in sorted(minutes)]
    by_dimension = report_aggregates.by_dimension(connection, "minute", intervals, CUSTOM)
    return by_dimension + [row for row in others if row["t"] not in minutes]


def _read_sessions(
    connection: Connection, minutes: Collection[datetime], *, is_split: bool
) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """The amounts of the sessions of these minutes, and the dimensions they are split by."""
    intervals = [(minute, minute + MINUTE) for minute in sorted(minutes)]
    dimensions = CELL_DIMENSIONS if is_split else ()
    if not intervals:
        return [], dimensions
    return session_amounts.by_session(connection, "minute", intervals, dimensions), dimensions


def _tracked_values(connection: Connection, groups: Iterable[Row]) -> TrackedValues:
    """The dimension values with cells of their own, extended by new ones up to the limit."""
    tracked = dimension_values(connection)
    new = new_tenures(
        tracked,
        (((r["app"], r["dimension"], r["value"]), r["t"]) for r in groups if r["dimension"]),
    )
    store_values(connection, new)
    return TrackedValues([*tracked.tenures, *new]) if new else tracked


def _store(connection: Connection, table: Table, cells: Cells) -> None:
    rollup_store.upsert(connection, table, [cell.as_row(key) for key, cell in cells.items()])


def _clear(connection: Connection, tables: Sequence[Table], start: datetime, end: datetime) -> None:
    for table in tables:
        rollup_store.clear(connection, table, start, end)


def _roll_up_day(connection: Connection, day: datetime) -> None:
    """The cells of a day from those of its hours."""
    span: Interval = (day, day + DAY)
    _clear(connection, (client_days, session_days), *span)
    _store(
        connection, client_days, days_of(rollup_store.cells(connection, client_hours, *span), day)
    )
    session_starts.add_up_day(connection, *span)
    pair_state.mark_stale(connection, SOURCE, day)
