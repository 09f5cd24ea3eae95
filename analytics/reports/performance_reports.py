"""The reader behind the Performance page: one range from one snapshot of the store."""

from analytics.query.server_reader import ServerReader
from analytics.ranges.timerange import TimeRange
from analytics.reports.performance import Performance, PerformanceRows, performance_of
from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.performance_queries import PerformanceQueries
from models.queries.report_queries import snapshot


class PerformanceReports:
    """Answers how fast servers were. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def performance(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> Performance:
        """Latency, broadcasts and processes over `window`."""
        with snapshot(self._database) as connection:
            reading = ServerReader(connection, window, app, service)
            scope, pieces = reading.scope, reading.pieces
            found = PerformanceRows(
                data_as_of=reading.data_as_of(),
                sums=reading.ask.sums(),
                processes=PerformanceQueries(connection, scope, OWN_SERVICE, pieces).processes(),
                services=reading.ask.services(),
            )
        chosen = {"app": app, "service": service}
        filters = {name: value for name, value in chosen.items() if value is not None}
        return performance_of(reading.window, filters, reading.step, found)
