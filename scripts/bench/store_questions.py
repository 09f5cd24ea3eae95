"""The queries of the pages over a filled store, each with the same as SQL on raw rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import text

from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import Coverage
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from analytics.stats.summaries import durations_of
from models.database.engine import Database
from models.queries.snapshot import snapshot

COUNTRY, APP = "AB", "portal"
SERIES = ("client_latency_p95_ms", "client_drops", "active_connections")
LATENCY = (Formula(calculation=Calculation.QUANTILE, durations="latency"),)
STEP = "date_bin(:step, period_end, timestamptz '2001-01-01 00:00:00+00')"
WITHIN = "period_end >= :start AND period_end < :end"
CLIENT_SUMS = """
SELECT {step} AS t, count(*), count(DISTINCT session_id), sum(attempts), sum(opened), sum(failed),
  sum(drops), sum(reconnect_attempts), sum(reconnect_successes), sum(open_ms), sum(sent),
  sum(received), sum(errors), sum(bytes_sent), sum(bytes_received), sum(latency_sum_us)
FROM client_reports WHERE {within} {filtered} GROUP BY 1
"""
SERVER_SUMS = """
SELECT {step} AS t, app, service, sum(opened), sum(closes), sum(sent), sum(received),
  sum(error_count), sum(bytes_sent), sum(bytes_received), sum(latency_sum_us)
FROM server_samples WHERE {within} GROUP BY 1, 2, 3
"""
VALUES = "SELECT country, count(*) FROM client_reports WHERE {within} GROUP BY 1 ORDER BY 2 DESC"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchQuery:
    """A query of a page; `run_on_rows` is the same on raw rows, `None` where it reads those."""

    name: str
    run: Callable[[], object]
    run_on_rows: Callable[[], object] | None = None


def bench_queries(database: Database, window: TimeRange) -> list[BenchQuery]:
    """Every method that reads for pages and API, over `window` and over its last day."""
    day = TimeRange(window.end - timedelta(days=1), window.end)
    return [
        *_of_browsers(database, window, day),
        *_of_servers(database, window, day),
        *_of_now(database, window),
    ]


def _of_browsers(database: Database, window: TimeRange, day: TimeRange) -> list[BenchQuery]:
    reports, history = Reports(database), HistoryReports(database)
    all_rows = _rows(database, window, CLIENT_SUMS)
    return [
        BenchQuery(name="summary", run=lambda: reports.summary(window), run_on_rows=all_rows),
        BenchQuery(
            name="summary, one app",
            run=lambda: reports.summary(window, Filters(app=APP)),
            run_on_rows=_rows(database, window, CLIENT_SUMS, f"AND app = '{APP}'"),
        ),
        BenchQuery(
            name="summary, one country",
            run=lambda: reports.summary(window, Filters(country=COUNTRY)),
            run_on_rows=_rows(database, window, CLIENT_SUMS, f"AND country = '{COUNTRY}'"),
        ),
        BenchQuery(
            name="countries beside the period before", run=lambda: reports.geographic(window)
        ),
        BenchQuery(
            name="regions of one country",
            run=lambda: reports.geographic(window, Filters(country=COUNTRY)),
        ),
        BenchQuery(
            name="summary, 24 hours",
            run=lambda: reports.summary(day),
            run_on_rows=_rows(database, day, CLIENT_SUMS),
        ),
        BenchQuery(
            name="countries to choose",
            run=lambda: reports.choices("country", window),
            run_on_rows=_rows(database, window, VALUES),
        ),
        BenchQuery(
            name="p50, p95, p99 of round trips",
            run=lambda: _percentiles(database, window, from_rows=False),
            run_on_rows=lambda: _percentiles(database, window, from_rows=True),
        ),
        BenchQuery(
            name="history, three series",
            run=lambda: history.history(window, SERIES),
            run_on_rows=lambda: (all_rows(), _rows(database, window, SERVER_SUMS)()),
        ),
    ]


def _of_servers(database: Database, window: TimeRange, day: TimeRange) -> list[BenchQuery]:
    reports, performance = Reports(database), PerformanceReports(database)
    all_rows = _rows(database, window, SERVER_SUMS)
    return [
        BenchQuery(
            name="server metrics", run=lambda: reports.metrics(window), run_on_rows=all_rows
        ),
        BenchQuery(
            name="server metrics, 24 hours",
            run=lambda: reports.metrics(day),
            run_on_rows=_rows(database, day, SERVER_SUMS),
        ),
        BenchQuery(
            name="performance", run=lambda: performance.performance(window), run_on_rows=all_rows
        ),
        BenchQuery(name="apps to choose", run=lambda: reports.server_choices("app", window)),
    ]


def _of_now(database: Database, window: TimeRange) -> list[BenchQuery]:
    reports = Reports(database)
    return [
        BenchQuery(name="events", run=lambda: reports.events(window)),
        BenchQuery(name="how sockets stand now", run=reports.pulse),
        BenchQuery(name="exposition for Prometheus", run=reports.exposition),
        BenchQuery(name="data as of", run=reports.data_as_of),
    ]


def _rows(
    database: Database, window: TimeRange, statement: str, filtered: str = ""
) -> Callable[[], object]:
    """Sums of raw rows in steps of a 360th of the range, without percentiles."""
    query = text(statement.format(step=STEP, within=WITHIN, filtered=filtered))
    values = {"start": window.start, "end": window.end, "step": window.length / 360}

    def run() -> object:
        with database.transaction() as connection:
            return connection.execute(query, values).all()

    return run


def _percentiles(database: Database, window: TimeRange, *, from_rows: bool) -> object:
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(Query(source=SeriesSource.CLIENT, metrics=LATENCY, window=window))
        if from_rows:
            plan = replace(plan, coverage=Coverage())
        return durations_of(engine.arrays(plan).histograms["latency"])
