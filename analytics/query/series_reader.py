"""Reads the sums behind chosen series, of servers and of browsers: what they need and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from analytics.query.client_reader import ClientReader, added
from analytics.query.client_sums import ClientSeriesRows, client_sums
from analytics.query.resolution import CROSS_NOTE
from analytics.query.series import Aggregation, Series, Source, custom_name
from analytics.query.series_sums import Sums
from analytics.query.server_reader import ServerReader
from analytics.query.server_sums import OF_PROCESS, server_sums
from analytics.ranges.steps import Step
from analytics.ranges.timerange import Filters, TimeRange
from models.metrics.client_catalogue import Kind, Metric
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries.performance_queries import PerformanceQueries
from models.queries.report_queries import now
from models.queries.series_queries import SeriesQueries
from models.queries.session_queries import SessionQueries

OF_SESSIONS = frozenset({"sessions", "calm_sessions"})
AN_INSTANT = timedelta(microseconds=1)


class ServerSeries:
    """What servers measured in `window`, by steps no finer than `step`."""

    source: ClassVar = Source.SERVER
    note = ""

    def __init__(
        self, connection: Connection, window: TimeRange, asked: Mapping[str, str], least: float
    ) -> None:
        app, service = asked.get("app"), asked.get("service")
        self._reading = ServerReader(connection, window, app, service, least_seconds=least)
        self._connection = connection
        self.window, self.step = self._reading.window, self._reading.step

    def data_as_of(self) -> datetime:
        """Up to when the answer knows everything."""
        return self._reading.data_as_of()

    def sums(self, chosen: Sequence[Series], step: Step) -> Sums:
        """What these series are made of."""
        parts = {part for series in chosen for part in (series.part, *series.whole)}
        scope = replace(self._reading.scope, step=timedelta(seconds=step.seconds))
        ask = PerformanceQueries(self._connection, scope, OWN_SERVICE, self._reading.pieces)
        return server_sums(
            ask.sums(),
            ask.processes() if parts & {"loop_lag", *OF_PROCESS} else (),
            ask.refusals() if "rejected" in parts else (),
            ask.waiting() if "outbox_bytes" in parts else (),
        )


class ClientSeries:
    """What browsers reported in `window`, by steps no finer than `step`."""

    source: ClassVar = Source.CLIENT

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        asked: Mapping[str, str],
        metrics: Mapping[str, Metric],
        least: float,
    ) -> None:
        self._reading = ClientReader(connection, window, Filters(**asked), least_seconds=least)
        self._connection = connection
        self._metrics = metrics
        self.window, self.step = self._reading.window, self._reading.step
        self.note = CROSS_NOTE if self._reading.is_crossed else ""

    def data_as_of(self) -> datetime:
        """Up to when the answer knows everything."""
        return self._reading.data_as_of()

    def sums(self, chosen: Sequence[Series], step: Step) -> Sums:
        """What these series are made of."""
        parts = {part for series in chosen for part in (series.part, *series.whole)}
        is_crossed, pieces = self._reading.is_crossed, self._reading.pieces
        scope = replace(self._reading.scope, step=timedelta(seconds=step.seconds))
        ask = SeriesQueries(self._connection, scope, pieces)
        customs = {p: name for p in parts if (name := self._custom(p))}
        gauges = [p for p in parts if self._is_gauge(chosen, p) and p not in customs]
        names = {**dict(zip(gauges, gauges, strict=True)), **customs}
        sessions = SessionQueries(self._connection, scope)
        is_asked, apart = parts & OF_SESSIONS, self._reading.counts_apart
        started = sessions.started(self._reading.session_pieces) if is_asked else []
        measures = ask.measures(gauges, list(customs.values())) if names and not is_crossed else []
        keys = {name: part for part, name in names.items()}
        found = ClientSeriesRows(
            raw=ask.raw_sums(),
            cells=ask.cross_sums() if is_crossed else ask.cell_sums(),
            has_durations=not is_crossed,
            sessions=started,
            whole=added([*started, sessions.there_before()]) if is_asked and apart else None,
            closes=ask.closes() if "close_codes" in parts and not is_crossed else (),
            measures=[{**row, "name": keys[row["name"]]} for row in measures],
            measured=list(names),
        )
        return client_sums(found, self._passed(), step.seconds)

    def _passed(self) -> TimeRange:
        """The range as far as it has gone by."""
        end = min(self.window.end, now(self._connection))
        return TimeRange(self.window.start, max(end, self.window.start + AN_INSTANT))

    def _custom(self, part: str) -> str:
        metric = self._metrics.get(part)
        return custom_name(metric) if metric is not None else ""

    def _is_gauge(self, chosen: Sequence[Series], part: str) -> bool:
        """Page loads are durations and stand in the sums."""
        is_mean = any(s.part == part and s.aggregation is Aggregation.MEAN for s in chosen)
        return is_mean and part != "page_load_ms" and self._metrics[part].kind is Kind.GAUGE
