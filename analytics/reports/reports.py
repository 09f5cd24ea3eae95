"""The only reader of the store: API, CSV and pages ask the same methods, so they agree."""

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
from models.metrics.client_catalogue import SERVER_DIMENSIONS
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries import sample_queries
from models.queries.report_queries import now, snapshot
from models.queries.sample_queries import SampleQueries, SampleScope
from models.raw.events import Event, Events

__all__ = ["DatabaseAway", "Event", "Reports"]

ALL = Filters()


class Reports:
    """Answers questions about a range of time. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def summary(self, window: TimeRange, filters: Filters = ALL) -> Summary:
        """Everything about the reports of `window` that pass `filters`, from one snapshot."""
        with snapshot(self._database) as connection:
            reading = ClientReader(connection, window, filters)
            found = reading.findings()
        return client_summary.summary_of(reading.window, filters, reading.step, found)

    def metrics(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> ServerMetrics:
        """What servers measured in `window`, and how things stand now, from one snapshot."""
        with snapshot(self._database) as connection:
            reading = ServerReader(connection, window, app, service)
            found = reading.findings()
        chosen = {"app": app, "service": service}
        filters = {name: value for name, value in chosen.items() if value is not None}
        return server_metrics_of(reading.window, filters, reading.step, found)

    def pulse(self, app: str | None = None, service: str | None = None) -> Pulse:
        """How the sockets stand now."""
        with snapshot(self._database) as connection:
            at = now(connection)
            scope = SampleScope(at, at, timedelta(seconds=60), ORIGIN, app, service)
            ask = SampleQueries(connection, scope, OWN_SERVICE)
            workers, lately = len(ask.workers()), ask.opened_lately()
            return pulse_of(at, ask.now(), workers=workers, opened_lately=lately, app=app)

    def server_choices(self, dimension: str, window: TimeRange) -> list[str]:
        """The apps or services that servers reported of. Raises `ValueError` for another name."""
        if dimension not in SERVER_DIMENSIONS:
            raise ValueError(f"servers cannot be filtered by {dimension!r}")
        with snapshot(self._database) as connection:
            rows = ServerReader(connection, window).ask_whole.services()
        return sorted({row[dimension] for row in rows})

    def events(self, window: TimeRange, app: str | None = None) -> list[Event]:
        """What happened in the range that concerns `app`, in order."""
        return Events(self._database).between(window.start, window.end, app)

    def exposition(self) -> bytes:
        """What `/metrics` tells Prometheus."""
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
            return ClientReader(connection, window, filters, without=dimension).choices(dimension)

    def data_as_of(self) -> datetime:
        """The database's present: what an answer given now would know."""
        with snapshot(self._database) as connection:
            return now(connection)
