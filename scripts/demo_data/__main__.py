"""`python -m scripts.demo_data`: fills the configured database with thirty demo days."""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from analytics.country_file.reader import CountryFileFault
from analytics.rollups.catch_up import catch_up
from ingest.collector.country import Locate, locator
from models.database import migrate, partitions
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.operations.demo_history import DemoHistory, progress_at
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports, has_reports
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from models.rollups.rollup_unit import RollupBusy
from settings import Settings, SettingsError

from . import server_side, world
from .reports import generate

BATCH = 2500
SAMPLES = 1000
PROGRESS_SECONDS = 2.0
STATEMENT_MS = 60_000
ROLLED_UP = timedelta(days=world.DAYS + 2)
Row = TypeVar("Row", ClientReport, ServerSample)


def main(arguments: list[str]) -> int:
    """Load; returns the exit status."""
    options = _options(arguments)
    try:
        settings = Settings.from_environment()
        with running(settings) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=STATEMENT_MS, name="wsmon demo")
            fill(database, locator(settings), options.reports, options.seed, options.until)
            database.dispose()
    except (SettingsError, EmbeddedFault, CountryFileFault, DatabaseAway) as fault:
        print(f"No demo data. {fault}", file=sys.stderr)
        return 1
    return 0


def fill(database: Database, locate: Locate, count: int, seed: int, until: datetime) -> int:
    """Store `count` reports unless these apps already have some; returns how many were new."""
    if has_reports(database, [app.name for app in world.APPS], until - timedelta(days=1)):
        DemoHistory(database).end(datetime.now(UTC))
        say("The demo data is there already.")
        return 0
    days = [(until - timedelta(days=n)).date() for n in range(world.DAYS + 1)]
    for table in ("client_reports", "server_samples"):
        partitions.ensure(database, table, days)
    begin, history = until - timedelta(days=world.DAYS), DemoHistory(database)
    history.begin(progress_at(begin, begin, world.DAYS), until)
    try:
        fill_server(database, seed, until)
        stored = fill_client(database, generate(until, count, seed, locate), begin)
    finally:
        history.end(datetime.now(UTC))
    roll_up(database, until)
    return stored


def fill_client(database: Database, reports: Iterator[ClientReport], begin: datetime) -> int:
    """Store the reports, oldest first, and the progress; returns how many were new."""
    store, history = ClientReports(database), DemoHistory(database)
    stored, reported_at = 0, (began := time.monotonic())
    for batch in _batches(reports, BATCH):
        stored += len(store.insert(batch).keys)
        if time.monotonic() - reported_at > PROGRESS_SECONDS:
            reported_at = time.monotonic()
            progress = progress_at(begin, batch[-1].period_end, world.DAYS)
            history.advance(progress)
            say(f"Demo data: {progress}.")
    say(f"Demo data: {stored:,} reports in {time.monotonic() - began:.0f} s.")
    return stored


def roll_up(database: Database, until: datetime) -> None:
    """Roll up the stored rows, unless a scheduler is already doing so."""
    began = time.monotonic()
    try:
        catch_up(database, until, ROLLED_UP, lambda progress: say(f"Rolling up {progress}."))
    except RollupBusy:
        say("The scheduler goes on rolling up.")
    else:
        say(f"Demo data: rolled up in {time.monotonic() - began:.0f} s.")


def fill_server(database: Database, seed: int, until: datetime) -> int:
    """Store the server samples of the same days; returns how many were new."""
    store, stored, began = ServerSamples(database), 0, time.monotonic()
    for batch in _batches(server_side.samples(until, seed), SAMPLES):
        stored += len(store.insert(batch))
    say(f"Demo data: {stored:,} samples of the server in {time.monotonic() - began:.0f} s.")
    return stored


def say(text: str) -> None:
    """Print a timestamped line to stderr."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description="Fill the store with demo data.")
    parser.add_argument("--reports", type=int, default=250_000, help="how many (250000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same data")
    parser.add_argument(
        "--until", type=_instant, default=_last_minute(), help="end of the month, ISO 8601 (now)"
    )
    return parser.parse_args(arguments)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)


def _last_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
