"""The reader behind API, CSV and pages: all call the same methods, so they agree."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from analytics.query.engine import Engine
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports import client_reading, prometheus, server_metrics
from analytics.reports.charted import Charted
from analytics.reports.client_answers import Summary
from analytics.reports.client_reading import ComparedSummary, single_values
from analytics.reports.live import Pulse, pulse_of
from analytics.reports.segments import reading, trends, worst
from analytics.reports.segments.compared import Comparison, compared
from analytics.reports.segments.geographic import geographic_of
from analytics.reports.segments.geographic_answers import Geographic
from analytics.reports.segments.trends import Trends
from analytics.reports.segments.worst import WhereWorst
from analytics.reports.server_answers import ServerMetrics
from models.database.engine import Database, DatabaseAway
from models.metrics.dimensions import DIMENSIONS, REGION, SERVER_DIMENSIONS
from models.queries import live
from models.queries.live import LiveQueries
from models.queries.snapshot import now, snapshot
from models.raw.events import Event, Events

__all__ = ["DatabaseAway", "Event", "Reports"]

ALL = Filters()


class Reports:
    """Reads the figures of a range, in steps that divide the days of the apps' `zones`. Every
    method raises `DatabaseAway`."""

    def __init__(self, database: Database, zones: AppZones = ()) -> None:
        self._database = database
        self._zones = zones

    def summary(self, window: TimeRange, filters: Filters = ALL) -> Summary:
        """The summary of the reports of `window` that pass `filters`, in one snapshot."""
        return self.charted_summary(window, filters).report

    def charted_summary(self, window: TimeRange, filters: Filters = ALL) -> Charted[Summary]:
        """The summary with the durations that its charts draw."""
        zone = zone_of(self._zones, [filters.app] if filters.app else ())
        with snapshot(self._database) as connection:
            return client_reading.read(Engine(connection), window, filters, zone)

    def compared(
        self, window: TimeRange, earlier: TimeRange | None, filters: Filters = ALL
    ) -> ComparedSummary:
        """The summary of `window`, with its splits, beside that of `earlier`, and what changed for
        the worse, in one snapshot."""
        zone = zone_of(self._zones, [filters.app] if filters.app else ())
        with snapshot(self._database) as connection:
            return client_reading.read_compared(connection, window, earlier, filters, zone)

    def geographic(self, window: TimeRange, filters: Filters = ALL) -> Geographic:
        """Countries, or the regions of the country of `filters`, beside the period before, in one
        snapshot."""
        values = single_values(filters.active())
        split_by = REGION if "country" in values else "country"
        comparison = self._segments(window, window.previous(), values, (split_by,))
        return geographic_of(comparison, filters.active())

    def segments(
        self,
        window: TimeRange,
        earlier: TimeRange | None,
        filters: Filters,
        group_by: tuple[str, ...],
    ) -> Comparison:
        """The segments of a dimension or of a pair, beside those of `earlier`, all people and all
        others, in one snapshot."""
        return self._segments(window, earlier, single_values(filters.active()), group_by)

    def where_worst(self, window: TimeRange, filters: Filters = ALL) -> WhereWorst:
        """Every dimension, and pairs of them, beside all other people, in one snapshot."""
        with snapshot(self._database) as connection:
            engine = Engine(connection, window)
            return worst.read(engine, window, single_values(filters.active()))

    def trends(
        self, window: TimeRange, filters: Filters, dimension: str, values: Sequence[str]
    ) -> Trends:
        """p95 and stability of some values of a dimension per step, in one snapshot."""
        with snapshot(self._database) as connection:
            engine = Engine(connection, window)
            return trends.read(engine, window, single_values(filters.active()), dimension, values)

    def metrics(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> ServerMetrics:
        """Server metrics over `window`, and the current gauges, in one snapshot."""
        return self.charted_metrics(window, app, service).report

    def charted_metrics(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> Charted[ServerMetrics]:
        """The metrics with the durations that their charts draw."""
        filters = present({"app": app, "service": service})
        with snapshot(self._database) as connection:
            zone = zone_of(self._zones, [app] if app else ())
            return server_metrics.read(connection, window, filters, zone)

    def pulse(self, app: str | None = None, service: str | None = None) -> Pulse:
        """The live state of the sockets."""
        with snapshot(self._database) as connection:
            queries = LiveQueries(connection, at := now(connection), app, service)
            workers, opened = len(queries.workers()), queries.opened_last_minute()
            return pulse_of(at, queries.now(), workers=workers, opened_last_minute=opened, app=app)

    def server_choices(self, dimension: str, window: TimeRange) -> list[str]:
        """The apps or services in server samples. Raises `ValueError` for another dimension."""
        if dimension not in SERVER_DIMENSIONS:
            raise ValueError(f"servers cannot be filtered by {dimension!r}")
        query = Query(
            source=SeriesSource.SERVER, metrics=(), window=window, group_by=(dimension,),
            with_tests=True,
        )  # fmt: skip
        with snapshot(self._database) as connection:
            return sorted(Engine(connection).most_frequent(query))

    def events(self, window: TimeRange, app: str | None = None) -> list[Event]:
        """The events of the range that concern `app`, ascending."""
        return Events(self._database).between(window.start, window.end, app)

    def exposition(self) -> bytes:
        """The text of `/metrics`."""
        with snapshot(self._database) as connection:
            latest = LiveQueries(connection, now(connection)).now()
            return prometheus.exposition(live.totals(connection), latest)

    def choices(self, dimension: str, window: TimeRange, filters: Filters = ALL) -> list[str]:
        """The values of a dimension, most frequent first, at most 200; its own filter is ignored.

        Raises `ValueError` for an unknown dimension.
        """
        if dimension not in DIMENSIONS:
            raise ValueError(f"{dimension!r} is not one of {', '.join(DIMENSIONS)}")
        others = {name: value for name, value in filters.active().items() if name != dimension}
        query = Query(
            source=SeriesSource.CLIENT, metrics=(), window=window,
            filters=single_values(others), group_by=(dimension,),
        )  # fmt: skip
        with snapshot(self._database) as connection:
            return Engine(connection).most_frequent(query)

    def data_as_of(self) -> datetime:
        """The current time of the database."""
        with snapshot(self._database) as connection:
            return now(connection)

    def _segments(
        self,
        window: TimeRange,
        earlier: TimeRange | None,
        filters: FilterValues,
        group_by: tuple[str, ...],
    ) -> Comparison:
        start = window.start if earlier is None else min(window.start, earlier.start)
        with snapshot(self._database) as connection:
            engine = Engine(connection, TimeRange(start, window.end))
            own = reading.read(engine, window, filters, group_by)
            before = (
                None if earlier is None else reading.read(engine, earlier, filters, own.group_by)
            )
        return compared(own, before)


def present(values: Mapping[str, str | None]) -> dict[str, str]:
    """Those that are set."""
    return {name: value for name, value in values.items() if value is not None}
