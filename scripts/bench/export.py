"""A large export: its memory, its speed, and whether pandas reads the same values back.

`scripts/python -m scripts.bench.export --rows 1000000` in the test environment (pandas).
"""

import argparse
import gzip
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import text

from analytics.exports import spool
from analytics.exports.datasets import DATASETS
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from models.raw.export_rows import ExportRequest
from settings import Settings

from . import bulk_rows

DAYS = 5
STATEMENT_MS = 600_000
TRUTH = text(
    "SELECT count(*), sum(sent), sum(latency_sum_us), count(*) FILTER (WHERE country IS NULL), "
    "count(DISTINCT session_id) FROM client_reports"
)
CHUNK = 100_000


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args(arguments).rows
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        database = Database(url, statement_ms=STATEMENT_MS, name="wsmon bench")
        stack.callback(database.dispose)
        first = datetime(2026, 3, 1, tzinfo=UTC)
        for number in range(DAYS):
            bulk_rows.fill_day(database, date(2026, 3, 1 + number), rows // DAYS)
            print(f"{rows // DAYS * (number + 1):,} of {rows:,} rows are there", flush=True)
        path = folder / "export.csv.gz"
        _export(database, ExportRequest(first, first + timedelta(days=DAYS)), path)
        return _compare(database, path)


def _export(database: Database, request: ExportRequest, path: Path) -> None:
    dataset, memory_mb = DATASETS["client-reports"], []

    def report_progress(rows: int) -> None:
        if rows % CHUNK == 0:
            memory_mb.append(_resident_mb())
            print(f"{rows:,} rows written, {memory_mb[-1]:.0f} MB resident", flush=True)

    before, started = _resident_mb(), time.monotonic()
    with path.open("wb") as file:
        written = spool.write(
            database,
            dataset,
            request,
            file,
            compressed=True,
            folder=path.parent,
            on_progress=report_progress,
        )
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{written.rows:,} rows in {seconds:.0f} s ({written.rows / seconds:,.0f}/s), "
        f"{written.text_bytes / 1e6:.0f} MB of CSV in a file of {written.file_bytes / 1e6:.0f} MB; "
        f"memory {before:.0f} MB before, {peak:.0f} MB at most"
    )


def _compare(database: Database, path: Path) -> int:
    totals, sessions = [0, 0, 0, 0], set()
    with gzip.open(path) as plain:
        for frame in pd.read_csv(plain, chunksize=CHUNK):
            totals[0] += len(frame)
            totals[1] += int(frame["sent"].sum())
            totals[2] += round(float(frame["latency_sum_ms"].sum()) * 1000)
            totals[3] += int(frame["country"].isna().sum())
            sessions.update(frame["session_id"])
    with database.transaction() as connection:
        truth = [int(value) for value in connection.execute(TRUTH).one()]
    same = [*totals, len(sessions)] == truth
    print(
        f"pandas reads {[*totals, len(sessions)]}, SQL says {truth}: {'the same' if same else 'NO'}"
    )
    return 0 if same else 1


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
