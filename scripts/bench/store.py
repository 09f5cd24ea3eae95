"""Query times by the number of rows: `scripts/python -m scripts.bench.store`.

The same thirty days are loaded with one and with ten million reports (`--reports`) and rolled up.
Then the queries of the pages run on both stores in turn: as the pages run them, and as the same
figures summed from raw rows. Before them: what the cells by pairs of dimensions take.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from analytics.rollups import client_rollup
from analytics.rollups.catch_up import catch_up
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.watermark import without_lease
from dashboard.client.overview import round_trip
from dashboard.client.overview.data import OverviewData
from dashboard.core.url_state import View
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from models.operations import storage_queries
from models.raw.report_insert import ClientReports
from models.rollups import client_rollups
from models.rollups.moments.session_moments import client_moment_days
from settings import Settings

from . import store_crowd, store_load
from .store_questions import BenchQuery, bench_queries

ROUNDS = 9
PAIR_TABLE, MOMENT_TABLE = client_rollups.client_pair_days.name, client_moment_days.name
STATEMENT_MS = 600_000
RETENTION = timedelta(days=store_load.DAYS + 2)


def main(arguments: list[str]) -> int:
    """Load, roll up, query and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000_000, 10_000_000])
    options = parser.parse_args(arguments)
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    window = TimeRange(until - timedelta(days=store_load.DAYS), until)
    with ExitStack() as stack:
        stores = [stack.enter_context(_loaded_store(n, until)) for n in options.reports]
        _print("reports", [float(n) for n in options.reports], "growth", "rows, last")
        for name, table in (("cells by pairs", PAIR_TABLE), ("moments of sessions", MOMENT_TABLE)):
            of_stores = zip(stores, options.reports, strict=True)
            sizes = [_megabytes(database, table, reports) for database, reports in of_stores]
            _print(f"{name}, MB a million reports", sizes)
        _print("to build a day of both, ms", [_pair_day(database) for database in stores])
        _run_all(stores, window)
        charts = [_chart(database, window) for database in stores]
        _print("chart of 30 days, database to JSON", _side_by_side(charts))
        _print("its size, kB", [float(draw()) / 1000 for draw in charts])
        minutes = [_minute(database, until) for database in stores]
        _print("roll up a minute of 1,000 clients, % of a core", minutes)
    return 0


@contextmanager
def _loaded_store(reports: int, until: datetime) -> Iterator[Database]:
    """A new store with `reports` reports, rolled up."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        database = Database(url, statement_ms=STATEMENT_MS)
        stack.callback(database.dispose)
        started = time.monotonic()
        store_load.load(database, reports, until, _log)
        loaded = time.monotonic()
        catch_up(database, until + timedelta(minutes=3), RETENTION, _log)
        _log(f"loaded in {loaded - started:.0f} s, rolled up in {time.monotonic() - loaded:.0f} s")
        yield database


def _megabytes(database: Database, table: str, reports: int) -> float:
    """The size of a table with its indexes, in MB a million reports."""
    with database.transaction() as connection:
        (size,) = [s.size_bytes for s in storage_queries.sizes(connection) if s.table == table]
    return size / reports


def _pair_day(database: Database) -> float:
    """The time to make the last day of them again, in ms."""
    pairs = ClientAggregator(database, without_lease).pairs
    end = pairs.days().end
    return 0.0 if end is None else _milliseconds(lambda: pairs.build(end - timedelta(days=1)))


def _run_all(stores: Sequence[Database], window: TimeRange) -> None:
    queries: tuple[BenchQuery, ...]
    for queries in zip(*(bench_queries(database, window) for database in stores), strict=True):
        _log(queries[0].name)
        medians = _side_by_side([query.run for query in queries])
        _print(queries[0].name, medians, of_rows=_of_rows(queries[-1]))


def _of_rows(query: BenchQuery) -> str:
    return "" if query.run_on_rows is None else f"{_milliseconds(query.run_on_rows):,.0f}"


def _chart(database: Database, window: TimeRange) -> Callable[[], int]:
    """Draws the round trip chart from the database to JSON; returns its size in bytes."""
    reports = Reports(database)

    def draw() -> int:
        charted = reports.charted_summary(window)
        page_data = OverviewData(
            view=View(start=window.start, end=window.end), window=window, now=window.end,
            zone=ZoneInfo("UTC"), current=charted.report, durations=charted.durations, before=None,
        )  # fmt: skip
        return len(orjson.dumps(round_trip.draw(page_data).body))

    return draw


def _minute(database: Database, until: datetime) -> float:
    """Insert what 1,000 clients send within a minute, then roll it up."""
    ClientReports(database).insert(store_crowd.reports(until))
    aggregator = ClientAggregator(database, without_lease)
    milliseconds = _milliseconds(
        lambda: client_rollup.run(aggregator, until + timedelta(minutes=1), RETENTION)
    )
    return milliseconds / 60_000 * 100


def _side_by_side(queries: Sequence[Callable[[], object]]) -> list[float]:
    """Median times of one query on several stores in ms, alternating, after a warm-up."""
    for query in queries:
        query()
    rounds = [[_milliseconds(query) for query in queries] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def _milliseconds(query: Callable[[], object]) -> float:
    started = time.monotonic()
    query()
    return (time.monotonic() - started) * 1000


def _print(name: str, values: Sequence[float], growth: str = "", of_rows: str = "") -> None:
    """A value per store, the ratio of the last to the first, and the time on raw rows."""
    growth_text = growth or f"{values[-1] / values[0]:.2f}"
    columns = " ".join(f"{value:12,.2f}" for value in values)
    print(f"{name:48} {columns} {growth_text:>8} {of_rows:>12}", flush=True)


def _log(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
