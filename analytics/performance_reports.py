"""The reader behind the Performance page: one range from one snapshot of the store."""

from dataclasses import replace
from datetime import timedelta

from analytics.performance import Performance, PerformanceFindings, performance_of
from analytics.server_metrics import OWN_SERVICE
from analytics.steps import ORIGIN, SERVER_LADDER, step_for
from analytics.timerange import TimeRange
from models.database import Database
from models.performance_queries import PerformanceQueries
from models.report_queries import now, snapshot
from models.sample_queries import SampleQueries, SampleScope


class PerformanceReports:
    """Answers how fast servers were. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def performance(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> Performance:
        """Latency, broadcasts and processes over `window`."""
        finest = timedelta(seconds=SERVER_LADDER[0].seconds)
        scope = SampleScope(window.start, window.end, finest, ORIGIN, app, service)
        with snapshot(self._database) as connection:
            coarsest = SampleQueries(connection, scope, OWN_SERVICE).coarsest_seconds()
            step = step_for(window, SERVER_LADDER, coarsest)
            scope = replace(scope, step=timedelta(seconds=step.seconds))
            ask = SampleQueries(connection, scope, OWN_SERVICE)
            found = PerformanceFindings(
                data_as_of=now(connection),
                sums=ask.sums(),
                processes=PerformanceQueries(connection, scope).processes(),
                services=ask.services(),
            )
        chosen = {"app": app, "service": service}
        filters = {name: value for name, value in chosen.items() if value is not None}
        return performance_of(window, filters, step, found)
