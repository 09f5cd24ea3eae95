"""Helpers of the export tests."""

import csv
import io
from datetime import timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

RANGE = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"}
REPORTS = "/api/ws/export/client-reports.csv"


def store_reports(database: Database, count: int = 5) -> None:
    """Insert reports of two apps, a minute apart from noon on."""
    ClientReports(database).insert(
        [
            report(
                app="=portal" if number % 2 else "kiosk", page=f"/a,\"b\"\n{number}",
                period_end=NOON + timedelta(minutes=number), latency_ms=(40.0, 50.0, 90.0),
                close_codes={"1006": 2}, recovery_ms=(7, 8), cls=0.1,
            )
            for number in range(count)
        ]
    )  # fmt: skip


def api_get(client: FlaskClient, bearer: dict[str, str], path: str, **query: str) -> TestResponse:
    """The complete response to a GET with a token."""
    return client.get(path, query_string=query, headers=bearer, buffered=True)


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
