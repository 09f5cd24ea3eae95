"""Large exports: queued, prepared by the scheduler, downloaded, deleted."""

import gzip
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from analytics.exports import exports, spool
from analytics.exports.datasets import DATASETS
from analytics.exports.exports import Exports, prepared_request, request_for
from analytics.jobs import exports as job
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL, Actor
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.database.leases import Leases
from models.operations.exports import ExportQueue as Queue
from models.raw import export_rows
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import RANGE, REPORTS, api_get, csv_rows, store_reports

DAY = TimeRange(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
ANALYST = Actor("m@example.com", "analyst")


@pytest.fixture
def context(database: Database, settings: Settings, clock: Clock) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, settings, clock, lease)


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


@pytest.fixture
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """From three rows on an export is large."""
    monkeypatch.setattr(exports, "LARGE_ROWS", 3)


def test_many_rows_are_prepared_first(
    client: FlaskClient, database: Database, bearer: dict[str, str], context: JobContext,
    few_are_large: None,
) -> None:  # fmt: skip
    store_reports(database)
    accepted = api_get(client, bearer, REPORTS, prepare="true", **RANGE)
    assert accepted.status_code == 202
    status = accepted.headers["Location"]
    assert api_get(client, bearer, status + "/file").status_code == 409
    assert job.step(context).startswith("client-reports: 5 rows")
    export = api_get(client, bearer, status).get_json()
    assert (export["state"], export["rows_done"]) == ("ready", 5)
    download = api_get(client, bearer, export["download"])
    assert download.content_length == len(download.data) == export["text_bytes"]
    assert len(csv_rows(download.text)) == 5
    packed = api_get(client, bearer | {"Accept-Encoding": "gzip"}, export["download"])
    assert len(packed.data) == export["file_bytes"]


def test_a_plain_request_waits_for_a_large_file(
    app: Flask, database: Database, bearer: dict[str, str], context: JobContext,
    few_are_large: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    store_reports(database)
    monkeypatch.setattr("time.sleep", lambda _: job.step(context))
    assert len(csv_rows(api_get(app.test_client(), bearer, REPORTS, **RANGE).text)) == 5


def test_a_row_that_cannot_be_written_is_left_to_the_job(
    app: Flask, database: Database, bearer: dict[str, str], context: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    store_reports(database)
    with database.transaction() as connection:
        connection.execute(
            text("UPDATE client_reports SET received_at = '20000-01-01Z' WHERE period_end = :at"),
            {"at": NOON},
        )
    monkeypatch.setattr("time.sleep", lambda _: job.step(context))
    assert len(csv_rows(api_get(app.test_client(), bearer, REPORTS, **RANGE).text)) == 4


def test_exports_of_others_are_hidden(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    status = api_get(client, bearer, REPORTS, prepare="true").headers["Location"]
    other = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    token = AccountActions(database, Clock()).add_token(SHELL, "a", "admin")
    admin = {"Authorization": f"Bearer {token}"}
    assert api_get(client, other, status).status_code == 404
    assert api_get(client, other, "/api/ws/exports").get_json() == {"exports": []}
    assert api_get(client, admin, status).status_code == 200


def test_two_at_a_time_and_not_more(client: FlaskClient, bearer: dict[str, str]) -> None:
    responses = [api_get(client, bearer, REPORTS, prepare="true") for _ in range(3)]
    assert [response.status_code for response in responses] == [202, 202, 429]
    assert responses[2].headers["Retry-After"] == "30"


def an_export(
    database: Database, clock: Clock, folder: Path
) -> tuple[Exports, export_rows.ExportRequest]:
    return (
        Exports(database, database, folder, clock),
        request_for(DATASETS["client-reports"], DAY, {}),
    )


def test_a_scheduler_that_died_is_followed_by_the_next(
    database: Database, context: JobContext, clock: Clock
) -> None:
    store_reports(database)
    exports_service, request = an_export(database, clock, context.settings.data_dir)
    zone = ZoneInfo("Asia/Kathmandu")
    export = exports_service.enqueue(ANALYST, DATASETS["client-reports"], request, 5, zone)
    queue = Queue(database)
    assert queue.claim(clock(), context.lease.confirm) is not None
    spool.export_path(context.settings.data_dir, export.id).with_suffix(".gz.part").write_bytes(
        b"half"
    )
    assert "client-reports" not in job.step(context)
    clock.advance(seconds=31)
    assert job.step(context).startswith("client-reports: 5 rows")
    stored = exports_service.find(ANALYST, export.id)
    assert stored is not None
    path = exports_service.file_of(stored)
    assert path is not None
    assert b"period_end (Asia/Kathmandu)" in gzip.decompress(path.read_bytes())
    assert prepared_request(stored)[1] == request


def test_files_are_removed_after_a_day(
    database: Database, context: JobContext, clock: Clock
) -> None:
    exports_service, request = an_export(database, clock, context.settings.data_dir)
    export = exports_service.enqueue(ANALYST, DATASETS["client-reports"], request, 5)
    job.step(context)
    path = spool.export_path(context.settings.data_dir, export.id)
    assert path.exists()
    clock.advance(days=1, seconds=1)
    assert "deleted" in job.step(context)
    assert not path.exists()


def test_an_export_that_was_removed_leaves_no_file(
    database: Database, context: JobContext, clock: Clock
) -> None:
    exports_service, request = an_export(database, clock, context.settings.data_dir)
    export = exports_service.enqueue(ANALYST, DATASETS["client-reports"], request, 5)
    Queue(database).claim(clock(), context.lease.confirm)
    exports_service.remove(ANALYST, export.id)
    assert not Queue(database).progress(export.id, 1, clock(), context.lease.confirm)


def test_a_failed_export_states_the_reason(
    database: Database, context: JobContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports_service, request = an_export(database, clock, context.settings.data_dir)
    export = exports_service.enqueue(ANALYST, DATASETS["client-reports"], request, 5)
    monkeypatch.setattr(spool, "SPARE_BYTES", 2**60)
    assert "could not be prepared" in job.step(context)
    stored = exports_service.find(ANALYST, export.id)
    assert stored is not None
    assert (stored.state, "MiB are free" in (stored.fault or "")) == ("failed", True)
