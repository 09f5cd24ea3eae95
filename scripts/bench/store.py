"""How fast questions are answered, whatever the rows: `scripts/python -m scripts.bench.store`.

The same thirty days are loaded with one and with ten million reports (`--reports`), rolled up, and
asked the questions of the pages: from rollups, and as the same figures added up from the rows.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from analytics.client_reading import ClientReading
from analytics.jobs import client_rollup
from analytics.jobs.catching_up import catch_up
from analytics.jobs.client_roller import ClientRoller
from analytics.read_plan import Plan
from analytics.reports import Reports
from analytics.step_sums import Steps
from analytics.summaries import durations_of
from analytics.timerange import Filters, TimeRange
from dashboard.client.overview import round_trip
from dashboard.client.overview.reading import Reading
from dashboard.view import View
from models import migrate
from models.database import Database
from models.embedded import running
from models.report_insert import ClientReports
from models.report_queries import ReportQueries, snapshot
from settings import Settings

from . import store_crowd, store_load

ROUNDS = 7
STATEMENT_MS = 600_000
KEPT = timedelta(days=store_load.DAYS + 2)
Timings = dict[str, float]


def main(arguments: list[str]) -> int:
    """Load, roll up, ask and print; answers the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000_000, 10_000_000])
    options = parser.parse_args(arguments)
    found: dict[int, Timings] = {}
    for reports in options.reports:
        with tempfile.TemporaryDirectory(prefix="wsmon-bench-") as folder:
            Path(folder).chmod(0o711)
            with running(Settings(data_dir=Path(folder))) as url:
                found[reports] = _measured(url, reports)
    _print(found)
    return 0


def _measured(url: str, reports: int) -> Timings:
    migrate.upgrade(url)
    database = Database(url, statement_ms=STATEMENT_MS)
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    began = time.monotonic()
    store_load.load(database, reports, until, _say)
    _say(f"loaded in {time.monotonic() - began:.0f} s")
    timings = {"roll up all, s": _rolled_up(database, until)}
    window = TimeRange(until - timedelta(days=store_load.DAYS), until)
    for name, question in _questions(database, window).items():
        timings[name] = _milliseconds(question)
    timings |= _figure(database, window)
    timings["roll up a minute of 1,000 clients, % of a core"] = _minute(database, until)
    database.dispose()
    return timings


def _rolled_up(database: Database, until: datetime) -> float:
    began = time.monotonic()
    catch_up(database, until + timedelta(minutes=3), KEPT, _say)
    return time.monotonic() - began


def _questions(database: Database, window: TimeRange) -> Mapping[str, Callable[[], object]]:
    reports = Reports(database)
    brazil = Filters(country="AB")
    day = TimeRange(window.end - timedelta(days=1), window.end)
    return {
        "summary, 30 days": lambda: reports.summary(window),
        "summary, 30 days, one app": lambda: reports.summary(window, Filters(app="portal")),
        "summary, 30 days, one country": lambda: reports.summary(window, brazil),
        "summary, 24 hours": lambda: reports.summary(day),
        "server metrics, 30 days": lambda: reports.metrics(window),
        "server metrics, 24 hours": lambda: reports.metrics(day),
        "countries to choose, 30 days": lambda: reports.choices("country", window),
        "p50, p95, p99 from rollups": lambda: _percentiles(database, window, from_rows=False),
        "p50, p95, p99 from rows": lambda: _percentiles(database, window, from_rows=True),
    }


def _percentiles(database: Database, window: TimeRange, *, from_rows: bool) -> object:
    with snapshot(database) as connection:
        reading = ClientReading(connection, window, Filters())
        pieces = Plan(raw=[(window.start, window.end)]) if from_rows else reading.pieces
        ask = ReportQueries(connection, reading.scope, pieces)
        return durations_of(Steps(ask.raw_sums(), ask.cell_sums()).latency)


def _figure(database: Database, window: TimeRange) -> Timings:
    """From the database to the JSON of the chart of round trips."""
    reports, size = Reports(database), 0

    def draw() -> None:
        nonlocal size
        summary = reports.summary(window)
        reading = Reading(
            view=View(start=window.start, end=window.end), window=window, now=window.end,
            zone=ZoneInfo("UTC"), answer=summary, before=None,
        )  # fmt: skip
        size = len(orjson.dumps(round_trip.draw(reading).body))

    return {"chart of 30 days, database to JSON": _milliseconds(draw), "its size, kB": size / 1000}


def _minute(database: Database, until: datetime) -> float:
    """Insert what 1,000 clients send within a minute, then roll it up."""
    ClientReports(database).insert(store_crowd.reports(until))
    began = time.monotonic()
    client_rollup.run(ClientRoller(database, lambda _: None), until + timedelta(minutes=1), KEPT)
    return (time.monotonic() - began) / 60 * 100


def _milliseconds(question: Callable[[], object]) -> float:
    """The median time of a question, after a first one that warms the caches."""
    times = []
    question()
    for _ in range(ROUNDS):
        began = time.monotonic()
        question()
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times)


def _print(found: Mapping[int, Timings]) -> None:
    print(f"{'milliseconds, median of ' + str(ROUNDS):48}", *(f"{n:>12,}" for n in found))
    for name in next(iter(found.values())):
        print(f"{name:48}", *(f"{timings[name]:12.1f}" for timings in found.values()))


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
