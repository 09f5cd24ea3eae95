"""Cost of summing up and reading sessions: `scripts/python -m scripts.bench.sessions`.

Sessions of forty reports are summed up as the scheduler does it. Their rows are copied until there
are 200,000, which are read as a page reads them, and so is the month by the hour. Times are those
of a core, of this process and of PostgreSQL's: other work on the machine does not count.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from analytics.correlation.series.reader import read_hourly
from analytics.correlation.sessions.making import SessionSummaries
from analytics.correlation.sessions.reader import read_sessions
from analytics.ranges.timerange import TimeRange
from analytics.rollups.catch_up import catch_up
from analytics.rollups.watermark import without_lease
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from scripts.bench import store_load
from settings import Settings

BROWSERS, EVERY_SECONDS = 1000, 15
ROUNDS = 5
STATEMENT_MS = 600_000
RETENTION = timedelta(days=store_load.DAYS + 2)
SIZE = text("SELECT pg_total_relation_size('session_summaries'), count(*) FROM session_summaries")
COPY = text(
    "WITH copies AS (SELECT gen_random_uuid() AS copy, s.* FROM session_summaries AS s "
    "CROSS JOIN generate_series(1, :times)), stored AS (INSERT INTO sessions (session_id, app, "
    "first_seen, last_seen, reports, weight, abnormal_closes, summarized_reports) "
    "SELECT copy, '', started_at, started_at, 1, 1, 0, 1 FROM copies) "
    "INSERT INTO session_summaries SELECT copy, started_at, segment, figures, ages FROM copies"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds: of a core in this process and in PostgreSQL, and on the clock."""

    own: float
    postgres: float
    clock: float

    def __str__(self) -> str:
        return (
            f"{self.own * 1000:.0f} + {self.postgres * 1000:.0f} ms of a core (Python + "
            f"PostgreSQL), {self.clock * 1000:.0f} ms on the clock"
        )


def main(arguments: list[str]) -> int:
    """Load, sum up, read and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200_000)
    parser.add_argument("--sessions", type=int, default=200_000, help="to read (200,000)")
    options = parser.parse_args(arguments)
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with tempfile.TemporaryDirectory(prefix="wsmon-bench-") as folder:
        Path(folder).chmod(0o711)
        with running(Settings(data_dir=Path(folder))) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=STATEMENT_MS, pool_size=1)
            store_load.load(database, options.reports, until, _log)
            for line in measure(database, until, options.sessions):
                print(line, flush=True)
            catch_up(database, until + timedelta(minutes=3), RETENTION, _log)
            print(f"both sides by the hour over 30 days: {_hours(database, until)}")
            database.dispose()
    return 0


def measure(database: Database, until: datetime, sessions: int) -> list[str]:
    """What it costs to sum up all sessions of the store, to store and to read so many."""
    summed: list[int] = []
    cost = cost_of(database, lambda: summed.append(_sum_up(database, until + timedelta(hours=1))))
    with database.transaction() as connection:
        ((reports,),) = connection.execute(text("SELECT count(*) FROM client_reports"))
    seconds_of_report = (cost.own + cost.postgres) / reports
    share = seconds_of_report * BROWSERS / EVERY_SECONDS
    _copy(database, max(0, sessions // max(1, summed[0]) - 1))
    with database.transaction() as connection:
        ((size, count),) = connection.execute(SIZE)
    window = TimeRange(until - timedelta(days=store_load.DAYS + 1), until + timedelta(hours=1))
    read = cost_of(database, lambda: read_sessions(database, {}, window, most=sessions), ROUNDS)
    return [
        f"to sum up {summed[0]:,} sessions of {reports:,} reports: {cost}",
        f"of {BROWSERS:,} browsers, a report each {EVERY_SECONDS} s: {share:.2%} of a core",
        f"{size / count:.0f} bytes a session, indexes included",
        f"to read {count:,} sessions: {read}",
    ]


def cost_of(database: Database, work: Callable[[], object], rounds: int = 1) -> Cost:
    """The least of some rounds by the clock, their mean by the core; of the only connection."""
    before, own = _postgres_seconds(database), time.process_time()
    clocks = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        clocks.append(time.perf_counter() - began)
    own, after = time.process_time() - own, _postgres_seconds(database)
    return Cost(own / rounds, (after - before) / rounds, min(clocks))


def _sum_up(database: Database, now: datetime) -> int:
    summaries = SessionSummaries(database, without_lease)
    return sum(iter(lambda: summaries.sum_up(now), 0))


def _copy(database: Database, times: int) -> None:
    with database.transaction() as connection:
        connection.execute(COPY, {"times": times})
    with database.autocommit() as connection:
        connection.execute(text("VACUUM FULL ANALYZE session_summaries"))


def _hours(database: Database, until: datetime) -> Cost:
    window = TimeRange(until - timedelta(days=store_load.DAYS), until)
    return cost_of(database, lambda: read_hourly(database, {}, window), ROUNDS)


def _postgres_seconds(database: Database) -> float:
    """The time of a core that the server process of the only connection has taken (proc(5))."""
    with database.transaction() as connection:
        ((process,),) = connection.execute(text("SELECT pg_backend_pid()"))
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    ticks: int = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks


def _log(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
