"""One round of 200 rules over 50 label sets each: `scripts/python -m scripts.bench.alerts`.

An hour of reports of 50 countries is stored first. Three rounds are timed: nothing wrong, all
10,000 alerts beginning to fire at once, and all of them going on.
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

from analytics.alerting.records import body_of
from analytics.alerting.rules.rule import Aggregation, Rule
from analytics.jobs import alerts
from analytics.jobs.job import JobContext
from models.alerts.alert_rules import INSTALLATION, AlertRules
from models.alerts.recipients import Recipients
from models.database import migrate
from models.database.engine import Database
from models.database.leases import Leases
from models.embedded import running
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from scripts.scheduler import freeze_start
from settings import Settings

COUNTRIES = [f"{first}{second}" for first in "ABCDE" for second in "ABCDEFGHIJ"]
BATCH = 1000
METRICS: tuple[tuple[str, Aggregation], ...] = (
    ("latency_ms", "p95"), ("latency_ms", "p99"), ("setup_ms", "p95"), ("connect_success", "ratio"),
    ("error_rate", "ratio"), ("reconnect_attempts", "rate"), ("drops", "rate"), ("sent", "count"),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--reports", type=int, default=50_000)
    options = parser.parse_args(arguments)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="wsmon-bench-") as folder:
        Path(folder).chmod(0o711)
        settings = Settings(data_dir=Path(folder), smtp_host="localhost")  # messages are queued
        with running(settings) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=60_000)
            _fill(database, options.reports, now)
            freeze_start()
            _measure(database, settings, options.rules, now)
            database.dispose()
    return 0


def _measure(database: Database, settings: Settings, rules: int, now: datetime) -> None:
    calm = [_rule(number, fires=False) for number in range(rules)]
    alert_rules = AlertRules(database)
    recipient = {"kind": "email", "address": "ops@example.com", "name": "Ops", "paused": False}
    Recipients(database).add(recipient | {"wants_resolved": True, "wants_digest": False}, now)
    stored = [alert_rules.add(body_of(rule), INSTALLATION, now) for rule in calm]
    _round(database, settings, now, "nothing wrong")
    for number, rule in enumerate(stored):
        alert_rules.replace(rule.id, body_of(_rule(number, fires=True)), "bench", now)
    _round(database, settings, now + timedelta(seconds=1), "all begin to fire")
    for later in (2, 3):
        _round(database, settings, now + timedelta(seconds=later), "all go on firing")


def _round(database: Database, settings: Settings, now: datetime, label: str) -> None:
    lease = Leases(database).take("bench", "bench", 600)
    if lease is None:
        raise RuntimeError("somebody else holds the lease of the bench")
    started, cpu_started = time.perf_counter(), time.process_time()
    detail = alerts.step(JobContext(database, settings, lambda: now, lease))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    print(f"{label:20} {seconds:6.2f} s, {cpu:5.2f} s of them our own   {detail}")


def _rule(number: int, *, fires: bool) -> Rule:
    metric, aggregation = METRICS[number % len(METRICS)]
    return Rule(
        name=f"Rule {number}",
        source="client",
        metric=metric,
        aggregation=aggregation,
        window_seconds=60 * (1 + number % 60),
        split_by="country",
        fire=0 if fires else 1 if aggregation == "ratio" else 1e9,
        for_seconds=0,
    )


def _fill(database: Database, number: int, now: datetime) -> None:
    rng = np.random.default_rng(1)
    store = ClientReports(database)
    for _ in range(number // BATCH):
        store.insert([_report(rng, now) for _ in range(BATCH)])
    with database.autocommit() as connection:
        connection.execute(text("ANALYZE client_reports"))


def _report(rng: np.random.Generator, now: datetime) -> ClientReport:
    end = now - timedelta(seconds=float(rng.uniform(1, 3599)))
    histogram = bucket_counts(rng.lognormal(4, 0.6, 15).tolist())
    return ClientReport(
        session_id=uuid4(),
        report_id=uuid4(),
        period_start=end - timedelta(seconds=15),
        period_end=end,
        received_at=end,
        country=COUNTRIES[int(rng.integers(len(COUNTRIES)))],
        attempts=20,
        opened=19,
        drops=1,
        sent=40,
        received=60,
        errors=3,
        reconnect_attempts=2,
        latency_buckets=tuple(histogram),
        latency_counts=tuple(histogram.values()),
        setup_buckets=tuple(histogram),
        setup_counts=tuple(histogram.values()),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
