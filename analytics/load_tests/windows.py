"""When load tests ran, for the bands on time charts: stored runs, and others by their
connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.intervals import Interval
from models.operations.load_tests import LoadTests
from models.queries import load_test_windows
from models.queries.snapshot import snapshot

MOST_BANDS = 20
UNSTORED = "load test"


@dataclass(frozen=True, slots=True)
class LoadTestBand:
    """A time within which a load test ran."""

    start: datetime
    end: datetime
    title: str


class _Named(msgspec.Struct):
    profile: str
    connections: int


def read(database: Database, window: TimeRange) -> list[LoadTestBand]:
    """The newest in `window`, ascending, at most `MOST_BANDS`. Raises `DatabaseAway`."""
    runs = LoadTests(database).newest(MOST_BANDS, (window.start, window.end))
    stored = [
        LoadTestBand(run.started_at, run.ended_at, _title(run.summary)) for run in reversed(runs)
    ]
    with snapshot(database) as connection:
        busy = load_test_windows.between(connection, window.start, window.end)
    return bands_of(stored, busy)


def bands_of(stored: Sequence[LoadTestBand], busy: Sequence[Interval]) -> list[LoadTestBand]:
    """Runs beside the times that are busy without one."""
    others = [
        LoadTestBand(start, end, UNSTORED)
        for start, end in busy
        if not any(start < run.end and run.start < end for run in stored)
    ]
    return sorted([*stored, *others], key=lambda band: band.start)[-MOST_BANDS:]


def _title(summary: bytes) -> str:
    run = msgspec.json.decode(summary, type=_Named)
    return f"load test {run.profile}, {run.connections:,} connections"
