"""Reads the figures of the Performance page over one range, in one snapshot."""

from analytics.query.server_reader import ServerReader
from analytics.ranges.timerange import TimeRange
from analytics.reports.performance import PerformanceReport, PerformanceRows, performance_of
from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.performance_queries import PerformanceQueries
from models.queries.report_queries import snapshot


class PerformanceReports:
    """Reads server performance. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def performance(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> PerformanceReport:
        """Latency, broadcasts and processes over `window`."""
        with snapshot(self._database) as connection:
            reader = ServerReader(connection, window, app, service)
            scope, plan = reader.scope, reader.plan
            rows = PerformanceRows(
                data_as_of=reader.data_as_of(),
                sums=reader.queries.sums(),
                processes=PerformanceQueries(connection, scope, OWN_SERVICE, plan).processes(),
                services=reader.queries.services(),
            )
        filter_values = {"app": app, "service": service}
        filters = {name: value for name, value in filter_values.items() if value is not None}
        return performance_of(reader.window, filters, reader.step, rows)
