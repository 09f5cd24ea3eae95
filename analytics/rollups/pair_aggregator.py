"""Makes day cells by pairs of dimensions and those of moments, and knows which days have them.

A day is made once it is complete. Late rows make it stale; stale days are made again once an hour,
since each costs a pass over the rows of the day.
"""

from collections.abc import Sequence
from datetime import datetime

from analytics.query.read_plan import DAY, floor_to
from models.rollups import (
    dirty_minutes,
    pair_aggregates,
    pair_state,
    report_aggregates,
    rollup_store,
)
from models.rollups.client_rollups import client_pair_days
from models.rollups.moments import session_moments
from models.rollups.moments.session_moments import client_moment_days
from models.rollups.pair_state import PairDays
from models.rollups.tracked_values import dimension_values

from . import pair_cells
from .moments import moment_cells
from .watermark import Confirm, Watermark

SOURCE = dirty_minutes.REPORTS


class PairAggregator:
    """Each method is one transaction. They raise `RollupBusy`, `DatabaseAway`, and what `confirm`
    raises when the lease is lost."""

    def __init__(self, watermark: Watermark, confirm: Confirm) -> None:
        self._confirm = confirm
        self._watermark = watermark

    def build(self, day: datetime) -> bool:
        """Make the cells of a full day.

        False, with nothing changed: the day adjoins no other with pair cells, or some of its rows
        are dropped already.
        """
        end = day + DAY
        with self._watermark.unit() as connection:
            if not pair_state.pair_days(connection, SOURCE).adjoins(day, end):
                return False
            tracked = dimension_values(connection)
            top = pair_aggregates.top_values(connection, tracked.apps(day), day, end)
            of_day = (connection, day, tracked, top, pair_cells.portions_of(connection, day))
            by_pair = list(pair_cells.rows_of_day(*of_day))
            total = pair_aggregates.total_reports(connection, day)
            if any(sum(row["reports"] for row in rows) < total for rows in by_pair):
                return False
            moments = moment_cells.rows_of_day(*of_day)
            self._confirm(connection)
            for table in (client_pair_days, client_moment_days):
                rollup_store.clear(connection, table, day, end)
            rollup_store.upsert(connection, client_moment_days, moments)
            for rows in by_pair:
                rollup_store.upsert(connection, client_pair_days, rows)
            pair_state.extend(connection, SOURCE, day, end)
        return True

    def build_next(self, day: datetime) -> None:
        """Make the cells of the first day without; when its rows are dropped, begin after it."""
        if not self.build(day):
            with self._watermark.unit() as connection:
                self._confirm(connection)
                pair_state.begin_at(connection, SOURCE, day + DAY)

    def days(self) -> PairDays:
        """The days with pair cells."""
        with self._watermark.unit() as connection:
            return pair_state.pair_days(connection, SOURCE)

    def next_day(self, oldest: datetime) -> datetime | None:
        """The first day without pair cells: at first that of the first row, not before `oldest`."""
        with self._watermark.unit() as connection:
            end = pair_state.pair_days(connection, SOURCE).end
            first = None if end else report_aggregates.first_report(connection)
        return end if first is None else max(floor_to(first, DAY), oldest)

    def stale_days(self, oldest: datetime) -> Sequence[datetime]:
        """The days from `oldest` on whose cells lack late rows, also such as were rolled up by a
        version that does not mark them, then those without moments; days before have lost their
        rows."""
        with self._watermark.unit() as connection:
            days = pair_state.pair_days(connection, SOURCE)
            if days.start is None or days.end is None:
                return ()
            behind = pair_state.behind_totals(connection, max(days.start, oldest), days.end)
            self._confirm(connection)
            pair_state.drop_marks(connection, SOURCE, oldest)
            for day in behind:
                pair_state.mark_stale(connection, SOURCE, day)
            stale = pair_state.pair_days(connection, SOURCE).stale
            without = session_moments.days_without(connection, max(days.start, oldest), days.end)
            return (*stale, *(day for day in without if day not in stale))

    def mark_stale(self, day: datetime) -> None:
        """Have a day made again, if it has cells."""
        with self._watermark.unit() as connection:
            self._confirm(connection)
            pair_state.mark_stale(connection, SOURCE, day)
