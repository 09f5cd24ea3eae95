"""The questions of the pages over a filled store, each with the same asked in SQL of the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from analytics.query.client_reader import ClientReader
from analytics.query.read_plan import Plan
from analytics.query.step_sums import Steps
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from analytics.stats.summaries import durations_of
from models.database.engine import Database
from models.queries.report_queries import ReportQueries, snapshot

COUNTRY, APP = "AB", "portal"
SERIES = ("client_latency_p95_ms", "client_drops", "active_connections")
STEP = "date_bin(:step, period_end, timestamptz '2001-01-01 00:00:00+00')"
WITHIN = "period_end > :start AND period_end <= :end"
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
class Question:
    """What a page asks; `of_rows` is the same of the rows, `None` where that is all there is."""

    name: str
    ask: Callable[[], object]
    of_rows: Callable[[], object] | None = None


def questions(database: Database, window: TimeRange) -> list[Question]:
    """Every method that reads for pages and API, over `window` and over its last day."""
    day = TimeRange(window.end - timedelta(days=1), window.end)
    return [
        *_of_browsers(database, window, day),
        *_of_servers(database, window, day),
        *_of_now(database, window),
    ]


def _of_browsers(database: Database, window: TimeRange, day: TimeRange) -> list[Question]:
    reports, history = Reports(database), HistoryReports(database)
    all_rows = _rows(database, window, CLIENT_SUMS)
    return [
        Question(name="summary", ask=lambda: reports.summary(window), of_rows=all_rows),
        Question(
            name="summary, one app",
            ask=lambda: reports.summary(window, Filters(app=APP)),
            of_rows=_rows(database, window, CLIENT_SUMS, f"AND app = '{APP}'"),
        ),
        Question(
            name="summary, one country",
            ask=lambda: reports.summary(window, Filters(country=COUNTRY)),
            of_rows=_rows(database, window, CLIENT_SUMS, f"AND country = '{COUNTRY}'"),
        ),
        Question(
            name="summary, 24 hours",
            ask=lambda: reports.summary(day),
            of_rows=_rows(database, day, CLIENT_SUMS),
        ),
        Question(
            name="countries to choose",
            ask=lambda: reports.choices("country", window),
            of_rows=_rows(database, window, VALUES),
        ),
        Question(
            name="p50, p95, p99 of round trips",
            ask=lambda: _percentiles(database, window, from_rows=False),
            of_rows=lambda: _percentiles(database, window, from_rows=True),
        ),
        Question(
            name="history, three series",
            ask=lambda: history.history(window, SERIES),
            of_rows=lambda: (all_rows(), _rows(database, window, SERVER_SUMS)()),
        ),
    ]


def _of_servers(database: Database, window: TimeRange, day: TimeRange) -> list[Question]:
    reports, performance = Reports(database), PerformanceReports(database)
    all_rows = _rows(database, window, SERVER_SUMS)
    return [
        Question(name="server metrics", ask=lambda: reports.metrics(window), of_rows=all_rows),
        Question(
            name="server metrics, 24 hours",
            ask=lambda: reports.metrics(day),
            of_rows=_rows(database, day, SERVER_SUMS),
        ),
        Question(name="performance", ask=lambda: performance.performance(window), of_rows=all_rows),
        Question(name="apps to choose", ask=lambda: reports.server_choices("app", window)),
    ]


def _of_now(database: Database, window: TimeRange) -> list[Question]:
    reports = Reports(database)
    return [
        Question(name="events", ask=lambda: reports.events(window)),
        Question(name="how sockets stand now", ask=reports.pulse),
        Question(name="exposition for Prometheus", ask=reports.exposition),
        Question(name="data as of", ask=reports.data_as_of),
    ]


def _rows(
    database: Database, window: TimeRange, statement: str, filtered: str = ""
) -> Callable[[], object]:
    """The sums of the rows in steps of a 360th of the range; percentiles not even asked for."""
    made = text(statement.format(step=STEP, within=WITHIN, filtered=filtered))
    values = {"start": window.start, "end": window.end, "step": window.length / 360}

    def ask() -> object:
        with database.transaction() as connection:
            return connection.execute(made, values).all()

    return ask


def _percentiles(database: Database, window: TimeRange, *, from_rows: bool) -> object:
    with snapshot(database) as connection:
        reading = ClientReader(connection, window, Filters())
        pieces = Plan(raw=[(window.start, window.end)]) if from_rows else reading.pieces
        ask = ReportQueries(connection, reading.scope, pieces)
        return durations_of(Steps(ask.raw_sums(), ask.cell_sums()).latency)
