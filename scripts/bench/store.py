"""How fast questions are answered, whatever the rows: `scripts/python -m scripts.bench.store`.

The same thirty days are loaded with one and with ten million reports (`--reports`) and rolled up.
Then both stores stand side by side and are asked the questions of the pages in turn: as pages ask
them, and as the same figures added up from the rows.
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
from dashboard.client.overview import round_trip
from dashboard.client.overview.data import Reading
from dashboard.core.url_state import View
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from models.raw.report_insert import ClientReports
from settings import Settings

from . import store_crowd, store_load
from .store_questions import Question, questions

ROUNDS = 9
STATEMENT_MS = 600_000
KEPT = timedelta(days=store_load.DAYS + 2)


def main(arguments: list[str]) -> int:
    """Load, roll up, ask and print; answers the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000_000, 10_000_000])
    options = parser.parse_args(arguments)
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    window = TimeRange(until - timedelta(days=store_load.DAYS), until)
    with ExitStack() as stack:
        stores = [stack.enter_context(_filled(n, until)) for n in options.reports]
        _print("reports", [float(n) for n in options.reports], "growth", "rows, last")
        _ask_all(stores, window)
        drawn = [_chart(database, window) for database in stores]
        _print("chart of 30 days, database to JSON", _side_by_side(drawn))
        _print("its size, kB", [float(draw()) / 1000 for draw in drawn])
        minutes = [_minute(database, until) for database in stores]
        _print("roll up a minute of 1,000 clients, % of a core", minutes)
    return 0


@contextmanager
def _filled(reports: int, until: datetime) -> Iterator[Database]:
    """A store of its own with so many reports, rolled up."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        database = Database(url, statement_ms=STATEMENT_MS)
        stack.callback(database.dispose)
        began = time.monotonic()
        store_load.load(database, reports, until, _say)
        loaded = time.monotonic()
        catch_up(database, until + timedelta(minutes=3), KEPT, _say)
        _say(f"loaded in {loaded - began:.0f} s, rolled up in {time.monotonic() - loaded:.0f} s")
        yield database


def _ask_all(stores: Sequence[Database], window: TimeRange) -> None:
    for asked in zip(*(questions(database, window) for database in stores), strict=True):
        _say(asked[0].name)
        took = _side_by_side([question.ask for question in asked])
        _print(asked[0].name, took, of_rows=_of_rows(asked[-1]))


def _of_rows(question: Question) -> str:
    return "" if question.of_rows is None else f"{_milliseconds(question.of_rows):,.0f}"


def _chart(database: Database, window: TimeRange) -> Callable[[], int]:
    """From the database to the JSON of the chart of round trips, which is so many bytes."""
    reports = Reports(database)

    def draw() -> int:
        summary = reports.summary(window)
        reading = Reading(
            view=View(start=window.start, end=window.end), window=window, now=window.end,
            zone=ZoneInfo("UTC"), answer=summary, before=None,
        )  # fmt: skip
        return len(orjson.dumps(round_trip.draw(reading).body))

    return draw


def _minute(database: Database, until: datetime) -> float:
    """Insert what 1,000 clients send within a minute, then roll it up."""
    ClientReports(database).insert(store_crowd.reports(until))
    roller = ClientAggregator(database, lambda _: None)
    took = _milliseconds(lambda: client_rollup.run(roller, until + timedelta(minutes=1), KEPT))
    return took / 60_000 * 100


def _side_by_side(asks: Sequence[Callable[[], object]]) -> list[float]:
    """The median times of one question to several stores, in turn, after a first warming one."""
    for ask in asks:
        ask()
    rounds = [[_milliseconds(ask) for ask in asks] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.monotonic()
    ask()
    return (time.monotonic() - began) * 1000


def _print(name: str, values: Sequence[float], growth: str = "", of_rows: str = "") -> None:
    """A value for each store, how the last compares with the first, and what the rows took."""
    told = growth or f"{values[-1] / values[0]:.2f}"
    columns = " ".join(f"{value:12,.2f}" for value in values)
    print(f"{name:48} {columns} {told:>8} {of_rows:>12}", flush=True)


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
