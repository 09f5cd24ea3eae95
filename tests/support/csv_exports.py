"""What tests of exports ask and read."""

import csv
import io
from datetime import timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.conftest import NOON
from tests.support.report_factory import report

RANGE = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"}
REPORTS = "/api/ws/export/client-reports.csv"


def store(database: Database, count: int = 5) -> None:
    """Reports of two apps, a minute apart from noon on."""
    ClientReports(database).insert(
        [
            report(
                app="=portal" if place % 2 else "kiosk", page=f"/a,\"b\"\n{place}",
                period_end=NOON + timedelta(minutes=place), latency_ms=(40.0, 50.0, 90.0),
                close_codes={"1006": 2}, recovery_ms=(7, 8), cls=0.1,
            )
            for place in range(count)
        ]
    )  # fmt: skip


def ask(client: FlaskClient, bearer: dict[str, str], path: str, **query: str) -> TestResponse:
    """The whole answer to a GET of a program."""
    return client.get(path, query_string=query, headers=bearer, buffered=True)


def read(text: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
