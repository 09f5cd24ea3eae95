"""`GET /api/ws/storage`: how the store fares; as CSV its size by table and day."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from flask import Flask, Response, request

from analytics.formatting import csv_text
from analytics.formatting.csv_text import Cell
from analytics.operations.storage_answers import Storage
from analytics.operations.storage_report import StorageReport
from ingest.http import csv_response, parameters

ROUTE = "/api/ws/storage"
HEADER = ("table", "day", "state", "rows_estimated", "size_bytes")


def register(app: Flask, report: StorageReport, now: Callable[[], datetime]) -> None:
    """Add the route to `app`."""

    def storage() -> Response:
        parameters.refuse_others(request.args, (*parameters.RANGE, "format"))
        wanted = parameters.format_of(request.args)
        found = report.read(parameters.window_of(request.args, now))
        return _as_csv(found) if wanted == "csv" else _as_json(found)

    app.add_url_rule(ROUTE, "api_storage", storage, methods=["GET"])


def _as_json(found: Storage) -> Response:
    response = Response(msgspec.json.encode(found), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_csv(found: Storage) -> Response:
    """A line a table, without a day, then a line a day."""
    rows: list[list[Cell]] = [[t.table, "", "", t.rows, t.size_bytes] for t in found.tables]
    rows += [
        [one.table, one.day.isoformat(), one.state, one.rows, one.size_bytes] for one in found.days
    ]
    response = csv_response.download(
        csv_text.table(HEADER, rows), f"storage_{found.data_as_of:%Y%m%dT%H%MZ}.csv"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
