"""Reads server samples over a range, from rollup cells and raw rows, in one snapshot."""

from datetime import datetime, timedelta

from analytics.query.read_plan import CellLength, Coverage, minutes_from, plan_for
from analytics.query.resolution import server_resolution_of
from analytics.query.server_rows import ServerQueryRows
from analytics.ranges.steps import ORIGIN
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.report_queries import now
from models.queries.sample_queries import SampleQueries, SampleScope
from models.rollups import dirty_minutes, rollup_state, rollup_store


class ServerReader:
    """One range of an app and a service. `window` is the range read, possibly widened to hours."""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        app: str | None = None,
        service: str | None = None,
        *,
        least_seconds: float = 0,
    ) -> None:
        coverage = _coverage(connection, window)
        minute_resolution = server_resolution_of(window, coverage, CellLength.MINUTE)
        scope = SampleScope(
            minute_resolution.window.start,
            minute_resolution.window.end,
            timedelta(minutes=1),
            ORIGIN,
            app,
            service,
        )
        minute_plan = plan_for(minute_resolution.window, CellLength.DAY, coverage)
        sample_seconds = SampleQueries(
            connection, scope, OWN_SERVICE, minute_plan
        ).coarsest_seconds()
        resolution = server_resolution_of(window, coverage, max(sample_seconds, least_seconds))
        self.window, self.step = resolution.window, resolution.step
        self.plan = plan_for(resolution.window, resolution.longest, coverage)
        step = timedelta(seconds=resolution.step.seconds)
        self.scope = SampleScope(
            resolution.window.start, resolution.window.end, step, ORIGIN, app, service
        )
        self.queries = SampleQueries(connection, self.scope, OWN_SERVICE, self.plan)
        # Totals of the range need no steps, so they are read from the longest cells.
        is_raw = resolution.longest is CellLength.RAW
        total_plan = self.plan if is_raw else plan_for(resolution.window, CellLength.DAY, coverage)
        self.total_queries = SampleQueries(connection, self.scope, OWN_SERVICE, total_plan)
        self._connection = connection
        self._complete_until = coverage.complete_until

    def query_rows(self) -> ServerQueryRows:
        """The rows of `ServerMetrics`."""
        queries, service = self.total_queries, self.scope.service
        return ServerQueryRows(
            data_as_of=self.data_as_of(),
            sums=self.queries.sums(),
            process=queries.process_sums(),
            closed=queries.labels("closed"),
            rejected=queries.labels("rejected"),
            errors=queries.labels("errors"),
            kinds=queries.kinds(),
            rooms=queries.rooms(),
            now=queries.now(),
            workers=[] if service not in (None, OWN_SERVICE) else queries.workers(),
            services=queries.services(),
            opened_last_minute=queries.opened_last_minute(),
        )

    def data_as_of(self) -> datetime:
        """Now, or when the oldest late row came that the cell of its hour does not contain yet."""
        present = now(self._connection)
        if self._complete_until is None:
            return present
        until = min(self.window.end, self._complete_until)
        late = dirty_minutes.oldest_mark(
            self._connection, (dirty_minutes.SAMPLES,), self.window.start, until
        )
        return min(present, late) if late else present


def _coverage(connection: Connection, window: TimeRange) -> Coverage:
    complete_until = rollup_state.complete_until(connection, dirty_minutes.SAMPLES)
    if complete_until is None:
        return Coverage()
    first, first_hour = (
        rollup_store.first_of(connection, table) for table in ("server_minutes", "server_hours")
    )
    return Coverage(
        complete_until=complete_until,
        minutes_from=minutes_from(first, first_hour, window),
        dirty_minutes=dirty_minutes.minutes(
            connection, dirty_minutes.SAMPLES, complete_until, window.end
        ),
    )
