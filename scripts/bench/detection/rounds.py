"""Cost of judging 1,000 series: `scripts/python -m scripts.bench.detection.rounds`.

Thirty days of hourly steps of 1,000 series are fitted as at midnight. The newest steps of as many
are judged as every minute, statements included: they are read through the engine, bands and memory
are loaded, steps and incidents written.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
from sqlalchemy import text

from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import History, Steps
from analytics.anomalies.judging.newest import Newest
from analytics.anomalies.judging.stored import StoredBands, StoredMemory
from analytics.anomalies.series import records
from analytics.anomalies.series.catalogue import JUDGED, metrics_of
from models.anomalies import series
from models.anomalies.series import SeriesFit, SeriesProgress
from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from models.metrics.anomalies.series_key import SeriesKey
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings

DAYS = 30
ROUNDS = 5
FIVE_MINUTES = timedelta(minutes=5)


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", type=int, default=21, help="of 49 series each (21)")
    options = parser.parse_args(arguments)
    _measure_fit()
    with tempfile.TemporaryDirectory(prefix="wsmon-bench-") as folder:
        Path(folder).chmod(0o711)
        with running(Settings(data_dir=Path(folder))) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=60_000)
            measure_newest(database, options.apps)
            database.dispose()
    return 0


def _measure_fit() -> None:
    generator = np.random.default_rng(16)
    timestamps = np.arange(DAYS * 24) * 3600 + 1_770_000_000 // 3600 * 3600
    values = generator.poisson(40, (1000, len(timestamps))).astype(np.float64)
    began = time.process_time()
    replay(History(Steps(timestamps, values), SeriesKind.COUNT, 3600))
    seconds = time.process_time() - began
    print(f"full recompute of 1,000 hourly series x {DAYS} days: {seconds:.1f} s of a core")


def measure_newest(database: Database, apps: int) -> None:
    """Judge five minutes of all series of so many apps, `ROUNDS` times; print how long it takes."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    start = now - timedelta(minutes=now.minute % 5)
    names = [f"app-{number}" for number in range(apps)]
    _store_reports(database, names, start)
    _store_series(database, names, start)
    seconds = []
    for number in range(1, ROUNDS + 1):
        at = start + FIVE_MINUTES * number + timedelta(seconds=90)
        began = time.perf_counter()
        summary = Newest(database, at, lambda _: None).run()
        seconds.append(time.perf_counter() - began)
    print(
        f"newest steps of {apps * len(metrics_of('client'))} series: {summary}; "
        f"median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s"
    )
    with database.transaction() as connection:
        ((size, count),) = connection.execute(text(SIZE)).all()
    print(f"a step takes {size / count:.0f} bytes, its index included")


SIZE = "SELECT pg_total_relation_size('anomaly_steps'), count(*) FROM anomaly_steps"


def _store_reports(database: Database, names: list[str], start: datetime) -> None:
    histogram = bucket_counts((40.0, 80.0, 120.0))
    reports = [
        ClientReport(
            session_id=uuid4(), report_id=uuid4(), app=app, received_at=at, period_end=at,
            period_start=at - timedelta(minutes=1), attempts=9, opened=8, failed=1, drops=1,
            sent=99, latency_buckets=tuple(histogram), latency_counts=tuple(histogram.values()),
            latency_sum_us=240_000,
        )
        for app in names
        for number in range(300)
        for at in [start + timedelta(seconds=5 * number)]
    ]  # fmt: skip
    for first in range(0, len(reports), 1000):
        ClientReports(database).insert(reports[first : first + 1000])


def _store_series(database: Database, names: list[str], start: datetime) -> None:
    """Series with bands as a fit of three days makes them."""
    keys = [SeriesKey("client", app, each.key) for app in names for each in metrics_of("client")]
    timestamps = int(start.timestamp()) + np.arange(-3 * 288, 0) * 300
    values = np.random.default_rng(16).poisson(40, (1, len(timestamps))).astype(np.float64)
    fitted = {}
    for kind, worse in {(each.kind, each.worse) for each in metrics_of("client")}:
        ratio = kind is SeriesKind.RATIO
        steps = Steps(timestamps, values / 99 if ratio else values, values if ratio else None)
        fitted[kind, worse] = replay(History(steps, kind, 300, worse=worse))
    with database.transaction() as connection:
        series.add(connection, keys)
        stored = series.all_series(connection)
        fits, progress = [], []
        for each in stored:
            metric = JUDGED[each.key.source, each.key.metric]
            result = fitted[metric.kind, metric.worse]
            bands = StoredBands(records.bands_records(result.bands)[0], 12.0)
            memory = StoredMemory(records.memory_records(result.memory)[0], None)
            fits.append(_fit_of(each.id, bands, start))
            progress.append(
                SeriesProgress(
                    series_id=each.id, state="ok", memory=memory.record(), judged_until=start
                )
            )
        series.store_fits(connection, fits)
        series.store_progress(connection, progress)


def _fit_of(series_id: int, bands: StoredBands, start: datetime) -> SeriesFit:
    return SeriesFit(
        series_id=series_id, zone="UTC", method="usual hour", errors={}, bands=bands.record(),
        designed_rate=None, measured_rate=None, fitted_at=start,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
