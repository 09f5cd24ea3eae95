"""The reading routes: shapes, strict parameters, CSV, problem documents."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest import api
from ingest.http import problems
from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.services import NO_SERVICES, fixed_services, services_on
from tests.support.store.report_factory import report

SUMMARY = "/api/ws/client-metrics/summary"


@pytest.fixture
def read_client(database: Database, settings: Settings, clock: Clock) -> FlaskClient:
    """The read side alone, without the guard."""
    app = Flask("reading")
    problems.register(app, NO_SERVICES)
    api.register(app, services_on(database, settings, clock))
    return app.test_client()


def store(database: Database, *reports: ClientReport) -> None:
    ClientReports(database).insert(reports)


def test_the_summary_covers_the_last_day_by_default(read_client: FlaskClient) -> None:
    body = read_client.get(SUMMARY).json
    assert body is not None
    assert (body["start"], body["end"]) == ("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z")
    assert (body["resolution"], body["reports"], body["series"]) == ("5 minutes", 0, [])


def test_the_summary_counts_what_was_stored(read_client: FlaskClient, database: Database) -> None:
    store(
        database, report(drops=2, attempts=4, opened=3, failed=1), report(app="kiosk", attempts=1)
    )
    body = read_client.get(SUMMARY, query_string={"app": "portal"}).json
    assert body is not None
    assert body["filters"] == {"app": "portal"}
    assert (body["reports"], body["connection"]["drops"]) == (1, 2)
    assert body["connect_success"]["value"] == 0.75


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=yesterday", "start"),
        ("start=2026-03-02T12:00:00", "start"),
        ("end=2026-03-02T12:00:00+01:00", "end"),
        ("end=2026-02-30T12:00:00Z", "end"),
        ("end=0001-01-01T00:00:00Z", "end"),
        ("end=9999-12-31T23:59:59-23:59", "end"),
        ("start=2026-03-02T13:00:00Z", "start"),
        ("start=2001-01-01T00:00:00Z", "start"),
        ("start=2026-03-02T10:00:00Z&start=2026-03-02T11:00:00Z", "start"),
        ("range=3", "range"),
        ("range=3h&start=2026-03-02T10:00:00Z", "range"),
        ("range=3h&range=3h", "range"),
        ("colour=red", "colour"),
        ("app=%00", "app"),
        ("app=" + "x" * 257, "app"),
        ("format=xml", "format"),
    ],
)
def test_a_bad_query_names_the_parameter(read_client: FlaskClient, query: str, field: str) -> None:
    response = read_client.get(f"{SUMMARY}?{query}")
    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert response.json is not None
    assert response.json["field"] == field
    assert response.json["detail"]


def test_a_time_may_be_in_any_zone(read_client: FlaskClient) -> None:
    query = {"start": "2026-03-02T12:00:00+02:00", "end": "2026-03-02t11:00:00z"}
    body = read_client.get(SUMMARY, query_string=query).json
    assert body is not None
    assert body["start"] == "2026-03-02T10:00:00Z"
    assert body["resolution"] == "minute"


def test_a_range_is_a_length_that_ends_now(read_client: FlaskClient) -> None:
    body = read_client.get(f"{SUMMARY}?range=3h").json
    assert body is not None
    assert (body["start"], body["end"]) == ("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")


def test_the_series_as_csv(read_client: FlaskClient, database: Database) -> None:
    store(database, report(attempts=2, opened=1, failed=1, drops=1, lost=1, abnormal_closes=1))
    response = read_client.get(SUMMARY, query_string={"format": "csv"})
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text == (
        "t,reports,sessions,attempts,opened,failed,drops,abnormal_sessions,n,"
        "p50_ms,p95_ms,p99_ms,recovery_n,recovery_p95_ms,"
        "lost,ended_by_server,never_back,reply_n,reply_p95_ms,largest_session,"
        "recovery_largest_session,reply_largest_session\r\n"
        "2026-03-02T11:55:00Z,1,1,2,1,1,1,1,0,,,,0,,1,0,0,0,,,,\r\n"
    )
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="client-metrics-summary_20260301T1200Z_20260302T1200Z.csv"'
    )


def test_an_unknown_path_is_a_problem_document(read_client: FlaskClient) -> None:
    response = read_client.get("/api/ws/nothing")
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert response.json is not None
    assert response.json["status"] == 404


def test_a_wrong_method_gets_405_with_allow(read_client: FlaskClient) -> None:
    response = read_client.post(SUMMARY)
    assert (response.status_code, response.content_type) == (405, "application/problem+json")
    assert "GET" in response.headers["Allow"]


def test_a_database_that_is_away_makes_a_problem_document() -> None:
    app = Flask("away")
    problems.register(app, NO_SERVICES)
    api.register(app, fixed_services())
    response = app.test_client().get(SUMMARY)
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert response.headers["Retry-After"] == "2"


def test_a_day_that_ends_now_excludes_the_present_moment(
    read_client: FlaskClient, database: Database
) -> None:
    store(database, report(), report(period_end=NOON), report(period_end=NOON - timedelta(days=1)))
    body = read_client.get(SUMMARY).json
    assert body is not None
    assert body["reports"] == 2
