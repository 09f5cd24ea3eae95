"""The storage report: sizes, growth, jobs, ingest outcomes."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from analytics.operations import storage_figures as figures
from analytics.operations.storage_answers import DaySize
from analytics.operations.storage_report import StorageReport
from analytics.ranges.timerange import TimeRange
from ingest.collector import outcome_names
from models.database import partitions
from models.database.engine import Database
from models.operations.job_runs import JobRun
from models.raw import restored_days
from models.raw.client_reports import ClientReport
from models.raw.ingest_outcomes import IngestOutcomes, OutcomeCount
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.servers.api_client import new_token

TODAY = NOON.date()
HOUR = TimeRange(NOON - timedelta(hours=1), NOON)


def days(*megabytes: int) -> list[DaySize]:
    """Days before today, yesterday last."""
    return [
        DaySize(
            table="client_reports", day=TODAY - timedelta(days=len(megabytes) - offset),
            state="stored", rows=1, size_bytes=size * 2**20,
        )
        for offset, size in enumerate(megabytes)
    ]  # fmt: skip


def a_report(day: date) -> ClientReport:
    at = NOON + (day - TODAY)
    return ClientReport(
        session_id=uuid4(), report_id=uuid4(), period_start=at, period_end=at, received_at=at
    )


def test_growth_is_that_of_the_last_complete_days() -> None:
    growth = figures.growth_of(days(500, *[10] * 7), 0, TODAY, 30, None)
    assert (growth.bytes_per_day, growth.days) == (10 * 2**20, 7)
    assert (growth.outlook, growth.days_left) == ("unknown", None)


@pytest.mark.parametrize(
    ("free_megabytes", "outlook", "days_left"), [(221, "holds", None), (110, "fills", 11.0)]
)
def test_retention_holds_the_disk_or_it_fills(
    free_megabytes: int, outlook: str, days_left: float | None
) -> None:
    growth = figures.growth_of(days(*[9] * 8), 8 * 2**20, TODAY, 30, free_megabytes * 2**20)
    assert (growth.outlook, growth.days_left) == (outlook, days_left)


def test_without_a_complete_day_there_is_no_outlook() -> None:
    assert figures.growth_of([], 0, TODAY, 30, 2**40).outlook == "unknown"


def test_the_next_run_follows_the_last_and_is_never_past() -> None:
    runs = [JobRun("sweep", NOON - timedelta(seconds=30), NOON, "done", "swept")]
    schedule = [("sweep", 60), ("dust", 60)]
    sweep, dust = figures.jobs_of(schedule, runs, NOON, has_scheduler=True)
    assert (sweep.next_run, sweep.duration_seconds) == (NOON + timedelta(seconds=30), 30)
    assert (dust.next_run, dust.outcome) == (NOON, None)
    assert figures.jobs_of(schedule, runs, NOON, has_scheduler=False)[0].next_run is None


def test_a_run_without_an_end_is_running() -> None:
    run = JobRun("sweep", NOON, None, None, None)
    assert figures.jobs_of([("sweep", 60)], [run], NOON, has_scheduler=True)[0].outcome == "running"


@given(st.dictionaries(st.sampled_from(outcome_names.LAG_SECONDS), st.integers(1, 99), min_size=1))
def test_the_bounds_of_the_lag_keep_their_share(within: dict[int, int]) -> None:
    lag = figures.lag_of(within.items())
    for share, bound in ((0.5, lag.p50_within_seconds), (0.95, lag.p95_within_seconds)):
        assert bound is not None
        assert sum(n for b, n in within.items() if b <= bound) >= share * lag.n
        assert sum(n for b, n in within.items() if b < bound) < share * lag.n


def test_rates_are_over_the_minutes_that_were_counted() -> None:
    totals = [{"source": "client", "outcome": "accepted", "reason": "", "count": 30}]
    minutes = figures.minutes_counted(NOON - timedelta(minutes=10), NOON, NOON)
    assert figures.ingest_of(totals, minutes).accepted_per_minute == 3


def test_the_report_tells_of_every_table_and_day(
    database: Database, settings: Settings, clock: Clock
) -> None:
    ClientReports(database).insert([a_report(TODAY - timedelta(days=n)) for n in (0, 1, 2)])
    restored_days.add(database, TODAY - timedelta(days=1))
    partitions.detach(database, "client_reports", TODAY - timedelta(days=2))
    storage = StorageReport(database, settings, clock).read(HOUR)
    states = {day.day: day.state for day in storage.days}
    assert [states.get(TODAY - timedelta(days=n)) for n in (0, 1)] == ["stored", "restored"]
    assert storage.database_bytes > sum(table.size_bytes for table in storage.tables) / 2
    assert "client_reports" in {table.table for table in storage.tables}
    partitions.drop_before(database, "client_reports", TODAY - timedelta(days=1))


def test_the_disk_of_an_external_database_is_null(
    database: Database, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    assert StorageReport(database, settings, clock).read(HOUR).disk.free_bytes is None
    own = Settings(data_dir=tmp_path)
    assert StorageReport(database, own, clock).read(HOUR).disk.free_bytes


def test_the_archive_is_summarised(database: Database, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "client_reports").mkdir()
    (tmp_path / "client_reports" / "2026-01-01.parquet").write_bytes(b"12345")
    (tmp_path / "client_reports" / ".2026-01-02.parquet.x").write_bytes(b"half")
    archive = StorageReport(database, Settings(archive_dir=tmp_path), clock).read(HOUR).archive
    assert (archive.files, archive.size_bytes, archive.first_day) == (1, 5, date(2026, 1, 1))


def test_the_api_answers_with_what_came_in(client: FlaskClient, database: Database) -> None:
    rows = [
        OutcomeCount(NOON - timedelta(minutes=10), "client", "accepted", "", 300),
        OutcomeCount(NOON - timedelta(minutes=10), "client", "rejected", "custom", 20),
        OutcomeCount(NOON - timedelta(minutes=10), "client", "cut", "durations", 2),
        OutcomeCount(NOON - timedelta(minutes=10), "client", "set aside", "sender", 9),
        OutcomeCount(NOON - timedelta(minutes=10), "client", "lag", "2", 300),
    ]
    IngestOutcomes(database).add("a", 1, rows)
    headers = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    query = {"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T12:00:00Z"}
    storage = client.get("/api/ws/storage", query_string=query, headers=headers).get_json()
    assert storage["ingest"]["accepted_per_minute"] == 30
    assert storage["ingest"]["reasons"] == [
        {"source": "client", "outcome": "rejected", "reason": "custom", "count": 20},
        {"source": "client", "outcome": "set aside", "reason": "sender", "count": 9},
        {"source": "client", "outcome": "cut", "reason": "durations", "count": 2},
    ]
    assert (storage["ingest"]["cut"], storage["ingest"]["set_aside"]) == (2, 9)
    assert storage["ingest"]["lag"] == {
        "n": 300, "p50_within_seconds": 2, "p95_within_seconds": 2,
    }  # fmt: skip
    assert [point["rejected"] for point in storage["series"]] == [20]


def test_as_csv_it_is_the_sizes(client: FlaskClient, database: Database) -> None:
    ClientReports(database).insert([a_report(TODAY)])
    headers = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    response = client.get("/api/ws/storage?format=csv", headers=headers)
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert {"", TODAY.isoformat()} <= {row["day"] for row in rows}
    assert all(int(row["size_bytes"]) >= 0 for row in rows)
