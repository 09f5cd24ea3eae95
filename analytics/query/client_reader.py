"""Reads client reports over a range, from rollup cells and raw rows, in one snapshot.

Every figure about browsers is read here, so that no two can disagree.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from analytics.query.client_rows import QueryRows
from analytics.query.read_plan import (
    HOUR,
    CellLength,
    Coverage,
    ReadPlan,
    ceil_to,
    cube_plan_for,
    floor_to,
    has_older_history,
    minutes_from,
    plan_for,
    session_plan_for,
)
from analytics.query.resolution import CUBE_NOTE, resolution_of
from analytics.query.step_sums import StepSums
from analytics.ranges.steps import ORIGIN
from analytics.ranges.timerange import Filters, TimeRange
from models.database.engine import Connection
from models.metrics.dimensions import UNKNOWN
from models.queries.report_queries import ReportQueries, now
from models.queries.report_scope import ReportScope
from models.queries.session_queries import SessionQueries
from models.rollups import dirty_minutes, rollup_state, rollup_store, session_starts

DISTINCT_COUNT_UP_TO = timedelta(hours=24)  # distinct sessions; longer: those started


class ClientReader:
    """One range with its filters. `window` is the range read, possibly widened to full hours."""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        filters: Filters,
        *,
        except_dimension: str = "",
        least_seconds: float = 0,
    ) -> None:
        conditions = {
            name: None if value == UNKNOWN else value
            for name, value in filters.active().items()
            if name != except_dimension
        }
        filter_count = len(conditions.keys() - {"app"})
        coverage = _coverage(connection, window, filter_count)
        resolution = resolution_of(window, filter_count, coverage, least_seconds)
        self.window, self.step, self.uses_cube = (
            resolution.window,
            resolution.step,
            resolution.uses_cube,
        )
        self.plan: ReadPlan = (
            cube_plan_for(
                resolution.window, rollup_state.cube_until(connection, dirty_minutes.REPORTS)
            )
            if resolution.uses_cube
            else plan_for(resolution.window, resolution.longest, coverage)
        )
        step = timedelta(seconds=resolution.step.seconds)
        self.scope = ReportScope(
            resolution.window.start, resolution.window.end, step, ORIGIN, conditions
        )
        self._connection = connection
        self._queries = ReportQueries(connection, self.scope, self.plan)
        # Totals of the range need no steps, so they are read from the longest cells.
        total_plan = (
            plan_for(resolution.window, CellLength.DAY, coverage)
            if resolution.longest is not CellLength.RAW and not resolution.uses_cube
            else self.plan
        )
        self._total_queries = ReportQueries(connection, self.scope, total_plan)
        self._complete_until, self._rows_from = coverage.complete_until, coverage.rows_from

    def steps(self) -> StepSums:
        """All additive figures, per step."""
        if self.uses_cube:
            return StepSums(
                self._queries.raw_sums(), self._queries.cube_sums(), with_durations=False
            )
        return StepSums(self._queries.raw_sums(), self._queries.cell_sums())

    def query_rows(self) -> QueryRows:
        """The rows of a summary."""
        sessions = SessionQueries(self._connection, self.scope)
        started = sessions.started(self.session_plan)
        distinct = self.counts_distinct
        return QueryRows(
            data_as_of=self.data_as_of(),
            steps=self.steps(),
            sessions={row["t"]: row for row in started},
            session_totals=session_totals_of(
                [*started, sessions.carried_over()] if distinct else started
            ),
            sessions_are="present" if distinct else "started",
            close_codes=[] if self.uses_cube else self._total_queries.close_codes(),
            effective_types=[] if self.uses_cube else self._total_queries.networks(),
            note=CUBE_NOTE if self.uses_cube else "",
        )

    @property
    def counts_distinct(self) -> bool:
        """Whether all distinct sessions of the range are counted, or only those started in it."""
        has_rows = self._rows_from is None or self.window.start >= self._rows_from
        return has_rows and self.window.length <= DISTINCT_COUNT_UP_TO

    @property
    def session_plan(self) -> ReadPlan:
        """Where the sessions started in the range are read from."""
        filter_count = len(self.scope.filter_dimensions)
        counted_hours: list[datetime] = []
        if self._complete_until and (
            filter_count == 0 or (filter_count == 1 and self.scope.step >= HOUR)
        ):
            end = min(self.window.end, floor_to(self._complete_until, HOUR))
            first = ceil_to(self.window.start, HOUR)
            counted_hours = session_starts.counted_hours(self._connection, first, end)
        return session_plan_for(
            self.plan, counted_hours, by_minute=filter_count == 0, up_to_date=self.counts_distinct
        )

    def choices(self, dimension: str) -> list[str]:
        """The values of a dimension, most frequent first."""
        return [row["value"] for row in self._total_queries.top_values(dimension)]

    def data_as_of(self) -> datetime:
        """Now, or when the oldest late row came that the cell of its hour does not contain yet."""
        present = now(self._connection)
        if self._complete_until is None:
            return present
        late = dirty_minutes.oldest_mark(
            self._connection,
            (dirty_minutes.REPORTS, dirty_minutes.SESSIONS),
            self.window.start,
            min(self.window.end, self._complete_until),
        )
        return min(present, late) if late else present


def _coverage(connection: Connection, window: TimeRange, filter_count: int) -> Coverage:
    complete_until = rollup_state.complete_until(connection, dirty_minutes.REPORTS)
    if complete_until is None:
        return Coverage()
    first, first_hour = (
        rollup_store.first_total(connection, table) for table in ("client_minutes", "client_hours")
    )
    by_dimension_from = rollup_state.by_dimension_from(connection, dirty_minutes.REPORTS)
    return Coverage(
        complete_until=complete_until,
        minutes_from=by_dimension_from if filter_count else minutes_from(first, first_hour, window),
        rows_from=first if has_older_history(first_hour, first) else None,
        dirty_minutes=dirty_minutes.minutes(
            connection, dirty_minutes.REPORTS, complete_until, window.end
        ),
    )


def session_totals_of(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """`sessions` and `abnormal` summed over all rows."""
    return {name: sum(row[name] for row in rows) for name in ("sessions", "abnormal")}
