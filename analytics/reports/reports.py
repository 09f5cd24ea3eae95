"""The reader behind API, CSV and pages: all call the same methods, so they agree."""

from datetime import datetime, timedelta

from analytics.query.client_reader import ClientReader
from analytics.query.server_reader import ServerReader
from analytics.ranges.steps import ORIGIN
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports import client_summary, prometheus
from analytics.reports.client_answers import Summary
from analytics.reports.live import Pulse, pulse_of
from analytics.reports.server_answers import ServerMetrics
from analytics.reports.server_metrics import server_metrics_of
from models.database.engine import Database, DatabaseAway
from models.metrics.dimensions import SERVER_DIMENSIONS
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries import sample_queries
from models.queries.report_queries import now, snapshot
from models.queries.sample_queries import SampleQueries, SampleScope
from models.raw.events import Event, Events

__all__ = ["DatabaseAway", "Event", "Reports"]

ALL = Filters()


class Reports:
    """Reads the figures of a range. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def summary(self, window: TimeRange, filters: Filters = ALL) -> Summary:
        """The summary of the reports of `window` that pass `filters`, in one snapshot."""
        with snapshot(self._database) as connection:
            reader = ClientReader(connection, window, filters)
            query_rows = reader.query_rows()
        return client_summary.summary_of(reader.window, filters, reader.step, query_rows)

    def metrics(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> ServerMetrics:
        """Server metrics over `window`, and the current gauges, in one snapshot."""
        with snapshot(self._database) as connection:
            reader = ServerReader(connection, window, app, service)
            query_rows = reader.query_rows()
        filter_values = {"app": app, "service": service}
        filters = {name: value for name, value in filter_values.items() if value is not None}
        return server_metrics_of(reader.window, filters, reader.step, query_rows)

    def pulse(self, app: str | None = None, service: str | None = None) -> Pulse:
        """The live state of the sockets."""
        with snapshot(self._database) as connection:
            at = now(connection)
            scope = SampleScope(at, at, timedelta(seconds=60), ORIGIN, app, service)
            queries = SampleQueries(connection, scope, OWN_SERVICE)
            workers, opened = len(queries.workers()), queries.opened_last_minute()
            return pulse_of(at, queries.now(), workers=workers, opened_last_minute=opened, app=app)

    def server_choices(self, dimension: str, window: TimeRange) -> list[str]:
        """The apps or services in server samples. Raises `ValueError` for another dimension."""
        if dimension not in SERVER_DIMENSIONS:
            raise ValueError(f"servers cannot be filtered by {dimension!r}")
        with snapshot(self._database) as connection:
            rows = ServerReader(connection, window).total_queries.services()
        return sorted({row[dimension] for row in rows})

    def events(self, window: TimeRange, app: str | None = None) -> list[Event]:
        """The events of the range that concern `app`, ascending."""
        return Events(self._database).between(window.start, window.end, app)

    def exposition(self) -> bytes:
        """The text of `/metrics`."""
        with snapshot(self._database) as connection:
            at = now(connection)
            scope = SampleScope(at, at, timedelta(seconds=60), ORIGIN)
            latest = SampleQueries(connection, scope, OWN_SERVICE).now()
            return prometheus.exposition(sample_queries.totals(connection), latest)

    def choices(self, dimension: str, window: TimeRange, filters: Filters = ALL) -> list[str]:
        """The values of a dimension, most frequent first, at most 200; its own filter is ignored.

        Raises `ValueError` for an unknown dimension.
        """
        with snapshot(self._database) as connection:
            return ClientReader(connection, window, filters, except_dimension=dimension).choices(
                dimension
            )

    def data_as_of(self) -> datetime:
        """The current time of the database."""
        with snapshot(self._database) as connection:
            return now(connection)
