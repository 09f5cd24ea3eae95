"""Reads the figures of the Performance page over one range, in one snapshot."""

from analytics.query import durations
from analytics.query.engine import Engine
from analytics.query.formula import quantiles_of
from analytics.query.query import Query, SeriesSource
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.ranges.timerange import TimeRange
from analytics.reports.charted import Charted
from analytics.reports.client_reading import single_values
from analytics.reports.performance import PerformanceReport, performance_of
from analytics.reports.reports import present
from models.database.engine import Database
from models.queries.snapshot import snapshot

CHARTED = ("latency", "broadcast")
SERIES = quantiles_of(CHARTED)
TOTALS = quantiles_of(("processing",))


class PerformanceReports:
    """Reads server performance. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, zones: AppZones = ()) -> None:
        self._database = database
        self._zones = zones

    def performance(
        self, window: TimeRange, app: str | None = None, service: str | None = None
    ) -> Charted[PerformanceReport]:
        """Latency, broadcasts and processes over `window`."""
        filters = present({"app": app, "service": service})
        query = Query(
            source=SeriesSource.SERVER, metrics=SERIES, window=window,
            filters=single_values(filters), zone=zone_of(self._zones, [app] if app else ()),
        )  # fmt: skip
        with snapshot(self._database) as connection:
            engine = Engine(connection)
            plan = engine.plan(query)
            arrays, processes = engine.arrays(plan), engine.processes(plan)
            over_range = engine.over_range(plan, arrays, *TOTALS)
        return Charted(
            performance_of(plan, filters, arrays, over_range, processes),
            {name: durations.per_step(plan, arrays, name) for name in CHARTED},
        )
