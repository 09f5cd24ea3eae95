"""Reads the sums behind selected server or client series, querying only what they need."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.query.client_reader import ClientReader, session_totals_of
from analytics.query.client_sums import ClientSeriesRows, client_sums
from analytics.query.resolution import CUBE_NOTE
from analytics.query.series import Aggregation, Series, SeriesSource, custom_name
from analytics.query.series_sums import SeriesSums
from analytics.query.server_reader import ServerReader
from analytics.query.server_sums import PROCESS_GAUGES, server_sums
from analytics.ranges.steps import Step
from analytics.ranges.timerange import Filters, TimeRange
from models.database.engine import Connection
from models.metrics.client_catalogue import Kind, Metric
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.performance_queries import PerformanceQueries
from models.queries.report_queries import now
from models.queries.series_queries import SeriesQueries
from models.queries.session_queries import SessionQueries

SESSION_PARTS = frozenset({"sessions", "calm_sessions"})
MICROSECOND = timedelta(microseconds=1)


class ServerSeriesReader:
    """Server samples in `window`; `step` is the finest step available."""

    source: ClassVar = SeriesSource.SERVER
    note = ""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        filters: Mapping[str, str],
        least_seconds: float,
    ) -> None:
        app, service = filters.get("app"), filters.get("service")
        self._reader = ServerReader(connection, window, app, service, least_seconds=least_seconds)
        self._connection = connection
        self.window, self.step = self._reader.window, self._reader.step

    def data_as_of(self) -> datetime:
        """The time up to which all data is included."""
        return self._reader.data_as_of()

    def sums(self, series_list: Sequence[Series], step: Step) -> SeriesSums:
        """The sums of these series, per `step`."""
        parts = {part for series in series_list for part in (series.part, *series.denominator)}
        scope = replace(self._reader.scope, step=timedelta(seconds=step.seconds))
        queries = PerformanceQueries(self._connection, scope, OWN_SERVICE, self._reader.plan)
        return server_sums(
            queries.sums(),
            queries.processes() if parts & {"loop_lag", *PROCESS_GAUGES} else (),
            queries.rejected_handshakes() if "rejected" in parts else (),
            queries.outbox_bytes() if "outbox_bytes" in parts else (),
        )


class ClientSeriesReader:
    """Client reports in `window`; `step` is the finest step available."""

    source: ClassVar = SeriesSource.CLIENT

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        filters: Mapping[str, str],
        metrics: Mapping[str, Metric],
        least_seconds: float,
    ) -> None:
        self._reader = ClientReader(
            connection, window, Filters(**filters), least_seconds=least_seconds
        )
        self._connection = connection
        self._metrics = metrics
        self.window, self.step = self._reader.window, self._reader.step
        self.note = CUBE_NOTE if self._reader.uses_cube else ""

    def data_as_of(self) -> datetime:
        """The time up to which all data is included."""
        return self._reader.data_as_of()

    def sums(self, series_list: Sequence[Series], step: Step) -> SeriesSums:
        """The sums of these series, per `step`."""
        parts = {part for series in series_list for part in (series.part, *series.denominator)}
        uses_cube, plan = self._reader.uses_cube, self._reader.plan
        scope = replace(self._reader.scope, step=timedelta(seconds=step.seconds))
        queries = SeriesQueries(self._connection, scope, plan)
        customs = {p: name for p in parts if (name := self._custom(p))}
        gauges = [p for p in parts if self._is_gauge(series_list, p) and p not in customs]
        names = {**dict(zip(gauges, gauges, strict=True)), **customs}
        sessions = SessionQueries(self._connection, scope)
        counts_sessions, distinct = parts & SESSION_PARTS, self._reader.counts_distinct
        started = sessions.started(self._reader.session_plan) if counts_sessions else []
        measures = (
            queries.measures(gauges, list(customs.values())) if names and not uses_cube else []
        )
        keys = {name: part for part, name in names.items()}
        series_rows = ClientSeriesRows(
            raw=queries.raw_sums(),
            cells=queries.cube_sums() if uses_cube else queries.cell_sums(),
            has_durations=not uses_cube,
            sessions=started,
            session_totals=session_totals_of([*started, sessions.carried_over()])
            if counts_sessions and distinct
            else None,
            closes=queries.closes() if "close_codes" in parts and not uses_cube else (),
            measures=[{**row, "name": keys[row["name"]]} for row in measures],
            gauges=list(names),
        )
        return client_sums(series_rows, self._elapsed(), step.seconds)

    def _elapsed(self) -> TimeRange:
        """The part of the range that has passed."""
        end = min(self.window.end, now(self._connection))
        return TimeRange(self.window.start, max(end, self.window.start + MICROSECOND))

    def _custom(self, part: str) -> str:
        metric = self._metrics.get(part)
        return custom_name(metric) if metric is not None else ""

    def _is_gauge(self, series_list: Sequence[Series], part: str) -> bool:
        """Page loads are not among them: they are durations, read with the sums."""
        is_mean = any(s.part == part and s.aggregation is Aggregation.MEAN for s in series_list)
        return is_mean and part != "page_load_ms" and self._metrics[part].kind is Kind.GAUGE
