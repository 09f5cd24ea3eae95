"""Reads what servers measured over a range, from cells and samples, on one snapshot."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from analytics.query.read_plan import Coverage, Level, minutes_from, plan_for
from analytics.query.resolution import server_resolution_of
from analytics.query.server_rows import ServerQueryRows
from analytics.ranges.steps import ORIGIN
from analytics.ranges.timerange import TimeRange
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.report_queries import now
from models.queries.sample_queries import SampleQueries, SampleScope
from models.rollups import dirty_minutes, rollup_state, rollup_store


class ServerReader:
    """One range, of an app, of a service. `window` is what is read: perhaps whole hours."""

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
        coarse = server_resolution_of(window, coverage, Level.MINUTE)
        scope = SampleScope(
            coarse.window.start, coarse.window.end, timedelta(minutes=1), ORIGIN, app, service
        )
        pieces = plan_for(coarse.window, Level.DAY, coverage)
        usual = SampleQueries(connection, scope, OWN_SERVICE, pieces).coarsest_seconds()
        found = server_resolution_of(window, coverage, max(usual, least_seconds))
        self.window, self.step = found.window, found.step
        self.pieces = plan_for(found.window, found.longest, coverage)
        step = timedelta(seconds=found.step.seconds)
        self.scope = SampleScope(found.window.start, found.window.end, step, ORIGIN, app, service)
        self.ask = SampleQueries(connection, self.scope, OWN_SERVICE, self.pieces)
        # What is asked of the range as a whole needs no steps: the longest cells serve it.
        is_raw = found.longest is Level.RAW
        whole = self.pieces if is_raw else plan_for(found.window, Level.DAY, coverage)
        self.ask_whole = SampleQueries(connection, self.scope, OWN_SERVICE, whole)
        self._connection = connection
        self._settled = coverage.settled

    def findings(self) -> ServerQueryRows:
        """What the answer is made of."""
        ask, service = self.ask_whole, self.scope.service
        return ServerQueryRows(
            data_as_of=self.data_as_of(),
            sums=self.ask.sums(),
            process=ask.process_sums(),
            closed=ask.labels("closed"),
            rejected=ask.labels("rejected"),
            errors=ask.labels("errors"),
            kinds=ask.kinds(),
            rooms=ask.rooms(),
            now=ask.now(),
            workers=[] if service not in (None, OWN_SERVICE) else ask.workers(),
            services=ask.services(),
            opened_lately=ask.opened_lately(),
        )

    def data_as_of(self) -> datetime:
        """Now, unless something that came late is not in the settled hours yet."""
        present = now(self._connection)
        if self._settled is None:
            return present
        until = min(self.window.end, self._settled)
        late = dirty_minutes.oldest_mark(
            self._connection, (dirty_minutes.SAMPLES,), self.window.start, until
        )
        return min(present, late) if late else present


def _coverage(connection: Connection, window: TimeRange) -> Coverage:
    settled = rollup_state.settled(connection, dirty_minutes.SAMPLES)
    if settled is None:
        return Coverage()
    first, first_hour = (
        rollup_store.first_of(connection, table) for table in ("server_minutes", "server_hours")
    )
    return Coverage(
        settled=settled,
        minutes_from=minutes_from(first, first_hour, window),
        changed=dirty_minutes.minutes(connection, dirty_minutes.SAMPLES, settled, window.end),
    )
