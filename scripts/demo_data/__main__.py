"""`python -m scripts.demo_data`: fills the configured database with thirty demo days, or with what
it lacks of them.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from analytics.query.read_plan import DAY, floor_to
from analytics.rollups.catch_up import catch_up
from analytics.rollups.rebuild import rebuild_day
from ingest.collector.country import Locate, locator
from models.database import migrate, partitions
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from models.metrics.server_catalogue import OWN_SERVICE
from models.operations.demo_history import DemoHistory
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports, latest_report
from models.raw.sample_insert import ServerSamples, latest_sample
from models.raw.server_samples import ServerSample
from models.rollups.rollup_unit import RollupBusy
from settings import Settings
from settings_readers import SettingsError

from . import both_ends, server_side, world
from .reports import DrawnReports
from .spans import Span, missing

BATCH = 2500
SAMPLES = 1000
PROGRESS_SECONDS = 2.0
BUSY_SECONDS = 0.5
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
    except (SettingsError, EmbeddedFault, DatabaseAway) as fault:
        print(f"No demo data. {fault}", file=sys.stderr)
        return 1
    return 0


def fill(database: Database, locate: Locate, count: int, seed: int, until: datetime) -> int:
    """Store what is missing until `until`, of about `count` reports in thirty days; returns how
    many reports were new."""
    history, stored = DemoHistory(database), 0
    latest = latest_report(database, [app.name for app in world.APPS], until)
    spans = missing(history.open_run(), latest, until)
    for span in spans:
        for table in ("client_reports", "server_samples"):
            partitions.ensure(database, table, span.days)
        history.begin(span.progress(span.begin), span.end)
        fill_server(database, seed, span)
        both_ends.fill(database, span.begin, span.end, seed)
        reports = DrawnReports(span.until, count, seed, locate).between(span.begin, span.end)
        stored += fill_client(database, reports, span)
        history.end(datetime.now(UTC))
    if spans:
        roll_up(database, until)
    for span in spans:
        if span.is_history:
            rebuild_day(database, floor_to(span.origin, DAY))
    return stored


def fill_client(database: Database, reports: Iterator[ClientReport], span: Span) -> int:
    """Store the reports, oldest first, and the progress; returns how many were new."""
    store, history = ClientReports(database), DemoHistory(database)
    stored, reported_at = 0, (began := time.monotonic())
    for batch in _batches(reports, BATCH):
        stored += len(store.insert(batch).keys)
        if time.monotonic() - reported_at > PROGRESS_SECONDS:
            reported_at = time.monotonic()
            progress = span.progress(batch[-1].period_end)
            history.advance(progress)
            say(f"Demo data: {progress}.")
    say(f"Demo data: {stored:,} reports in {time.monotonic() - began:.0f} s.")
    return stored


def fill_server(database: Database, seed: int, span: Span) -> int:
    """Store the samples that the server lacks of the span; returns how many were new."""
    store, stored, began = ServerSamples(database), 0, time.monotonic()
    latest = None if span.is_new_history else latest_sample(database, OWN_SERVICE, span.end)
    samples = server_side.samples(latest or span.begin, span.end, span.until, seed)
    for batch in _batches(samples, SAMPLES):
        stored += len(store.insert(batch))
    say(f"Demo data: {stored:,} samples of the server in {time.monotonic() - began:.0f} s.")
    return stored


def roll_up(database: Database, until: datetime) -> None:
    """Roll up the stored rows, in turns with a scheduler."""
    began = time.monotonic()
    while True:
        try:
            catch_up(database, until, ROLLED_UP, lambda progress: say(f"Rolling up {progress}."))
        except RollupBusy:
            time.sleep(BUSY_SECONDS)
        else:
            break
    say(f"Demo data: rolled up in {time.monotonic() - began:.0f} s.")


def say(text: str) -> None:
    """Print a timestamped line to stderr."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description="Fill the store with demo data.")
    parser.add_argument(
        "--reports", type=int, default=world.REPORTS, help=f"about how many ({world.REPORTS})"
    )
    parser.add_argument(
        "--seed", type=int, default=world.SEED, help="the same seed gives the same data"
    )
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
