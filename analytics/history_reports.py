"""The reader of series: any of the registry, over any range, from one snapshot of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from analytics.catalog import CATALOG, DIMENSIONS, SERVER_DIMENSIONS, UNKNOWN, Metric
from analytics.client_sums import ClientFindings, client_sums
from analytics.history_answers import History
from analytics.series import Aggregation, Series, Source, series_of
from analytics.series_sums import Sums, drawn
from analytics.server_metrics import OWN_SERVICE
from analytics.server_sums import OF_PROCESS, server_sums
from analytics.steps import HISTORY_LADDER, MOST_POINTS, ORIGIN, Step, step_within
from analytics.timerange import TimeRange
from models.database import Database
from models.performance_queries import PerformanceQueries
from models.report_queries import ReportQueries, Scope, now, snapshot
from models.sample_queries import SampleQueries, SampleScope
from models.series_queries import SeriesQueries

LEAST_CLIENT_SECONDS = 60  # browsers report at most so often that finer steps are mostly empty
OF_SESSIONS = frozenset({"sessions", "calm_sessions"})
SOURCE_DIMENSIONS = {Source.SERVER: SERVER_DIMENSIONS, Source.CLIENT: DIMENSIONS}
Filters = Mapping[str, str]


class HistoryReports:
    """Answers with series. `client` is the catalogue of what browsers report."""

    def __init__(self, database: Database, client: Sequence[Metric] = CATALOG) -> None:
        self._database = database
        self._metrics = {metric.key: metric for metric in client}
        self.registry = series_of(client)

    def history(
        self,
        window: TimeRange,
        names: Sequence[str],
        filters: Filters | None = None,
        points: int = MOST_POINTS,
        step: Step | None = None,
    ) -> History:
        """At most `points` points of each series; a filter applies where its source knows it.

        A `step` given is taken as it is, so that two ranges can be laid over each other.
        Raises `KeyError` for a series that is not in the registry, and `DatabaseAway`.
        """
        chosen, asked = [self.registry[name] for name in names], filters or {}
        with snapshot(self._database) as connection:
            step = step or self._step(connection, window, chosen, asked, points)
            read = _Reader(connection, window, step, asked, self._metrics)
            of_source = {
                source: read.sums(source, [s for s in chosen if s.source is source])
                for source in {series.source for series in chosen}
            }
            return History(
                window=window,
                step=step,
                data_as_of=now(connection),
                filters=asked,
                filtered={series.name: sorted(_known(asked, series.source)) for series in chosen},
                drawn={series.name: drawn(series, of_source[series.source]) for series in chosen},
            )

    def _step(
        self,
        connection: Connection,
        window: TimeRange,
        chosen: Sequence[Series],
        asked: Filters,
        points: int,
    ) -> Step:
        """Not finer than the source that tells least often."""
        sources = {series.source for series in chosen}
        least = LEAST_CLIENT_SECONDS if Source.CLIENT in sources else 0.0
        if Source.SERVER in sources:
            scope = _sample_scope(window, HISTORY_LADDER[0], asked)
            least = max(least, SampleQueries(connection, scope, OWN_SERVICE).coarsest_seconds())
        return step_within(window, points, least)


class _Reader:
    """Asks what the chosen series need, and no more."""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        step: Step,
        asked: Filters,
        metrics: Mapping[str, Metric],
    ) -> None:
        self._connection = connection
        self._window = window
        self._step = step
        self._asked = asked
        self._metrics = metrics

    def sums(self, source: Source, chosen: Sequence[Series]) -> Sums:
        parts = {part for series in chosen for part in (series.part, *series.whole)}
        return self._server(parts) if source is Source.SERVER else self._client(chosen, parts)

    def _server(self, parts: set[str]) -> Sums:
        scope = _sample_scope(self._window, self._step, self._asked)
        rows = SampleQueries(self._connection, scope, OWN_SERVICE).sums()
        more = PerformanceQueries(self._connection, scope)
        return server_sums(
            rows,
            more.processes() if parts & {"loop_lag", *OF_PROCESS} else (),
            more.refusals() if "rejected" in parts else (),
        )

    def _client(self, chosen: Sequence[Series], parts: set[str]) -> Sums:
        scope = self._report_scope()
        ask, more = ReportQueries(self._connection, scope), SeriesQueries(self._connection, scope)
        customs = [part for part in parts if self._is_custom(part)]
        columns = [
            series.part
            for series in chosen
            if series.aggregation is Aggregation.MEAN and series.part not in customs
        ]
        found = ClientFindings(
            sums=ask.sums(),
            sessions=ask.sessions() if parts & OF_SESSIONS else (),
            closes=more.closes() if "close_codes" in parts else (),
            gauges=more.gauges(columns) if columns else (),
            columns=columns,
            customs={key: more.custom(key) for key in customs},
        )
        passed = TimeRange(
            self._window.start,
            max(
                min(self._window.end, now(self._connection)),
                self._window.start + timedelta(microseconds=1),
            ),
        )
        return client_sums(found, passed, self._step.seconds)

    def _is_custom(self, part: str) -> bool:
        metric = self._metrics.get(part)
        return metric is not None and any(f.startswith("custom.") for f in metric.fields)

    def _report_scope(self) -> Scope:
        known = _known(self._asked, Source.CLIENT)
        chosen = {name: None if value == UNKNOWN else value for name, value in known.items()}
        step = timedelta(seconds=self._step.seconds)
        return Scope(self._window.start, self._window.end, step, ORIGIN, chosen)


def _known(asked: Filters, source: Source) -> Filters:
    """The filters that this source knows."""
    return {name: value for name, value in asked.items() if name in SOURCE_DIMENSIONS[source]}


def _sample_scope(window: TimeRange, step: Step, asked: Filters) -> SampleScope:
    scope = SampleScope(window.start, window.end, timedelta(seconds=step.seconds), ORIGIN)
    return replace(scope, app=asked.get("app"), service=asked.get("service"))
