"""Reads what browsers reported over a range, from cells and reports, on one snapshot.

Every figure about browsers passes through here, so that none can disagree with another.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from analytics.query.client_rows import QueryRows
from analytics.query.read_plan import (
    HOUR,
    Coverage,
    Level,
    Plan,
    down,
    is_older,
    minutes_from,
    plan_by_days,
    plan_for,
    plan_of_sessions,
    up,
)
from analytics.query.resolution import CROSS_NOTE, resolution_of
from analytics.query.step_sums import Steps
from analytics.ranges.steps import ORIGIN
from analytics.ranges.timerange import Filters, TimeRange
from models.metrics.client_catalogue import UNKNOWN
from models.queries.report_queries import ReportQueries, now
from models.queries.report_scope import Scope
from models.queries.session_queries import SessionQueries
from models.rollups import dirty_minutes, rollup_state, rollup_store, session_starts

COUNTED_APART_FOR = timedelta(hours=24)  # different sessions; over longer ranges those that came


class ClientReader:
    """One range with its filters. `window` is what is read: perhaps widened to whole hours."""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        filters: Filters,
        *,
        without: str = "",
        least_seconds: float = 0,
    ) -> None:
        chosen = {
            name: None if value == UNKNOWN else value
            for name, value in filters.chosen().items()
            if name != without
        }
        divided = len(chosen.keys() - {"app"})
        coverage = _coverage(connection, window, divided)
        found = resolution_of(window, divided, coverage, least_seconds)
        self.window, self.step, self.is_crossed = found.window, found.step, found.is_crossed
        self.pieces: Plan = (
            plan_by_days(found.window, rollup_state.crossed(connection, dirty_minutes.REPORTS))
            if found.is_crossed
            else plan_for(found.window, found.longest, coverage)
        )
        step = timedelta(seconds=found.step.seconds)
        self.scope = Scope(found.window.start, found.window.end, step, ORIGIN, chosen)
        self._connection = connection
        self._ask = ReportQueries(connection, self.scope, self.pieces)
        # What is asked of the range as a whole needs no steps: the longest cells serve it.
        whole = (
            plan_for(found.window, Level.DAY, coverage)
            if found.longest is not Level.RAW and not found.is_crossed
            else self.pieces
        )
        self._ask_whole = ReportQueries(connection, self.scope, whole)
        self._settled, self._rows_from = coverage.settled, coverage.rows_from

    def steps(self) -> Steps:
        """Everything that adds up, per step."""
        if self.is_crossed:
            return Steps(self._ask.raw_sums(), self._ask.cross_sums(), with_durations=False)
        return Steps(self._ask.raw_sums(), self._ask.cell_sums())

    def findings(self) -> QueryRows:
        """What a summary is made of."""
        sessions = SessionQueries(self._connection, self.scope)
        started = sessions.started(self.session_pieces)
        apart = self.counts_apart
        return QueryRows(
            data_as_of=self.data_as_of(),
            steps=self.steps(),
            sessions={row["t"]: row for row in started},
            whole=added([*started, sessions.there_before()] if apart else started),
            sessions_are="present" if apart else "started",
            close_codes=[] if self.is_crossed else self._ask_whole.close_codes(),
            effective_types=[] if self.is_crossed else self._ask_whole.networks(),
            note=CROSS_NOTE if self.is_crossed else "",
        )

    @property
    def counts_apart(self) -> bool:
        """Whether all different sessions of the range are told, not those alone that came in it."""
        is_kept = self._rows_from is None or self.window.start >= self._rows_from
        return is_kept and self.window.length <= COUNTED_APART_FOR

    @property
    def session_pieces(self) -> Plan:
        """From where sessions that came are read."""
        divided = len(self.scope.divided_by)
        counted: list[datetime] = []
        if self._settled and (divided == 0 or (divided == 1 and self.scope.step >= HOUR)):
            end = min(self.window.end, down(self._settled, HOUR))
            first = up(self.window.start, HOUR)
            counted = session_starts.counted_hours(self._connection, first, end)
        return plan_of_sessions(
            self.pieces, counted, by_minute=divided == 0, at_once=self.counts_apart
        )

    def choices(self, dimension: str) -> list[str]:
        """The values of a dimension, most frequent first."""
        return [row["value"] for row in self._ask_whole.choices(dimension)]

    def data_as_of(self) -> datetime:
        """Now, unless something that came late is not in the settled hours yet."""
        present = now(self._connection)
        if self._settled is None:
            return present
        late = dirty_minutes.oldest_mark(
            self._connection,
            (dirty_minutes.REPORTS, dirty_minutes.SESSIONS),
            self.window.start,
            min(self.window.end, self._settled),
        )
        return min(present, late) if late else present


def _coverage(connection: Connection, window: TimeRange, divided: int) -> Coverage:
    settled = rollup_state.settled(connection, dirty_minutes.REPORTS)
    if settled is None:
        return Coverage()
    first, first_hour = (
        rollup_store.first_undivided(connection, table)
        for table in ("client_minutes", "client_hours")
    )
    divided_from = rollup_state.divided_from(connection, dirty_minutes.REPORTS)
    return Coverage(
        settled=settled,
        minutes_from=divided_from if divided else minutes_from(first, first_hour, window),
        rows_from=first if is_older(first_hour, first) else None,
        changed=dirty_minutes.minutes(connection, dirty_minutes.REPORTS, settled, window.end),
    )


def added(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """`sessions` and `abnormal` of all rows together."""
    return {name: sum(row[name] for row in rows) for name in ("sessions", "abnormal")}
