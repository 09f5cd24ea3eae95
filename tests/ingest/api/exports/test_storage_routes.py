"""The storage route: as CSV one row per table and per day, named after the moment it was read."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.api.exports import storage_routes
from ingest.http import problems
from ingest.routing.runner import RouteTable
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.services import NO_SERVICES, services_on
from tests.support.store.report_factory import report


@pytest.fixture
def storage_client(database: Database, settings: Settings, clock: Clock) -> FlaskClient:
    """The route alone, without the guard."""
    app = Flask("storage")
    problems.register(app, NO_SERVICES)
    RouteTable(storage_routes.ROUTES).register(app, services_on(database, settings, clock))
    return app.test_client()


def test_days_follow_the_tables_they_are_parts_of(
    storage_client: FlaskClient, database: Database
) -> None:
    ClientReports(database).insert([report(period_end=NOON)])
    text = storage_client.get(storage_routes.PATH, query_string={"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    tables = [row["table"] for row in rows if not row["day"]]
    assert len(set(tables)) == len(tables)
    assert [bool(row["day"]) for row in rows] == sorted(bool(row["day"]) for row in rows)
    days = {row["table"] for row in rows if row["day"] == "2026-03-02"}
    assert "client_reports" in days
    assert days <= set(tables)


def test_the_file_is_named_after_the_moment_of_the_clock(
    storage_client: FlaskClient, clock: Clock
) -> None:
    response = storage_client.get(storage_routes.PATH, query_string={"format": "csv"})
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="storage_20260302T1200Z.csv"'
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert re.match(",".join(storage_routes.HEADER) + "\r\n", response.text)


def test_json_and_csv_tell_the_same_sizes(storage_client: FlaskClient) -> None:
    answered = storage_client.get(storage_routes.PATH).json
    text = storage_client.get(storage_routes.PATH, query_string={"format": "csv"}).text
    assert answered is not None
    sizes = {row["table"]: row["size_bytes"] for row in answered["tables"]}
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert {row["table"]: int(row["size_bytes"]) for row in rows if not row["day"]} == sizes


@pytest.mark.parametrize("query", [{"format": "xml"}, {"colour": "red"}, {"end": "now"}])
def test_a_bad_query_is_named(storage_client: FlaskClient, query: dict[str, str]) -> None:
    response = storage_client.get(storage_routes.PATH, query_string=query)
    assert response.json is not None
    assert (response.status_code, response.json["field"]) == (422, next(iter(query)))
