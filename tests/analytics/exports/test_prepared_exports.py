"""Exports of many rows: in line, prepared by the scheduler, fetched, cleared away."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics.exports import exports, spool
from analytics.exports.datasets import DATASETS
from analytics.exports.exports import Exports, asked_for
from analytics.jobs import exports as job
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.people.actions import Actions
from analytics.permission.actor import SHELL, Actor
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.database.leases import Leases
from models.operations.exports import Exports as Line
from models.raw import export_rows
from settings import Settings
from tests.conftest import NOON, Clock
from tests.support.api_client import new_token
from tests.support.csv_exports import RANGE, REPORTS, ask, read, store

DAY = TimeRange(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
ANALYST = Actor("m@example.com", "analyst")


@pytest.fixture
def around(database: Database, settings: Settings, clock: Clock) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, settings, clock, lease)


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, 'analyst')}"}


@pytest.fixture
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """From three rows on an export is large."""
    monkeypatch.setattr(exports, "LARGE", 3)


def test_many_rows_are_prepared_first(
    client: FlaskClient, database: Database, bearer: dict[str, str], around: JobContext,
    few_are_large: None,
) -> None:  # fmt: skip
    store(database)
    asked = ask(client, bearer, REPORTS, prepare="true", **RANGE)
    assert asked.status_code == 202
    status = asked.headers["Location"]
    assert ask(client, bearer, status + "/file").status_code == 409
    assert job.step(around).startswith("client-reports: 5 rows")
    told = ask(client, bearer, status).get_json()
    assert (told["state"], told["rows_done"]) == ("ready", 5)
    answer = ask(client, bearer, told["download"])
    assert answer.content_length == len(answer.data) == told["text_bytes"]
    assert len(read(answer.text)) == 5
    packed = ask(client, bearer | {"Accept-Encoding": "gzip"}, told["download"])
    assert len(packed.data) == told["file_bytes"]


def test_a_plain_request_waits_for_a_large_file(
    app: Flask, database: Database, bearer: dict[str, str], around: JobContext,
    few_are_large: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    store(database)
    monkeypatch.setattr("time.sleep", lambda _: job.step(around))
    assert len(read(ask(app.test_client(), bearer, REPORTS, **RANGE).text)) == 5


def test_what_somebody_else_exports_is_not_seen(
    client: FlaskClient, database: Database, bearer: dict[str, str]
) -> None:
    status = ask(client, bearer, REPORTS, prepare="true").headers["Location"]
    other = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    admin = {"Authorization": f"Bearer {Actions(database, Clock()).add_token(SHELL, 'a', 'admin')}"}
    assert ask(client, other, status).status_code == 404
    assert ask(client, other, "/api/ws/exports").get_json() == {"exports": []}
    assert ask(client, admin, status).status_code == 200


def test_two_at_a_time_and_not_more(client: FlaskClient, bearer: dict[str, str]) -> None:
    answers = [ask(client, bearer, REPORTS, prepare="true") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].headers["Retry-After"] == "30"


def an_export(
    database: Database, clock: Clock, folder: Path
) -> tuple[Exports, export_rows.ExportRequest]:
    return (
        Exports(database, database, folder, clock),
        asked_for(DATASETS["client-reports"], DAY, {}),
    )


def test_a_scheduler_that_died_is_followed_by_the_next(
    database: Database, around: JobContext, clock: Clock
) -> None:
    store(database)
    made, asked = an_export(database, clock, around.settings.data_dir)
    export = made.ask(ANALYST, DATASETS["client-reports"], asked, 5)
    line = Line(database)
    assert line.claim(clock(), around.lease.confirm) is not None
    spool.path_of(around.settings.data_dir, export.id).with_suffix(".gz.part").write_bytes(b"half")
    assert "client-reports" not in job.step(around)
    clock.advance(seconds=31)
    assert job.step(around).startswith("client-reports: 5 rows")
    found = made.find(ANALYST, export.id)
    assert found is not None
    assert made.file_of(found) is not None


def test_what_was_kept_a_day_is_cleared_away(
    database: Database, around: JobContext, clock: Clock
) -> None:
    made, asked = an_export(database, clock, around.settings.data_dir)
    export = made.ask(ANALYST, DATASETS["client-reports"], asked, 5)
    job.step(around)
    path = spool.path_of(around.settings.data_dir, export.id)
    assert path.exists()
    clock.advance(days=1, seconds=1)
    assert "cleared" in job.step(around)
    assert not path.exists()


def test_an_export_that_was_removed_leaves_no_file(
    database: Database, around: JobContext, clock: Clock
) -> None:
    made, asked = an_export(database, clock, around.settings.data_dir)
    export = made.ask(ANALYST, DATASETS["client-reports"], asked, 5)
    Line(database).claim(clock(), around.lease.confirm)
    made.remove(ANALYST, export.id)
    assert not Line(database).progress(export.id, 1, clock(), around.lease.confirm)


def test_one_that_cannot_be_prepared_says_why(
    database: Database, around: JobContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, asked = an_export(database, clock, around.settings.data_dir)
    export = made.ask(ANALYST, DATASETS["client-reports"], asked, 5)
    monkeypatch.setattr(spool, "SPARE_BYTES", 2**60)
    assert "could not be prepared" in job.step(around)
    found = made.find(ANALYST, export.id)
    assert found is not None
    assert (found.state, "MiB are free" in (found.fault or "")) == ("failed", True)
