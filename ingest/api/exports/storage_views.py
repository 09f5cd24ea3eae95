"""`GET /api/ws/storage`: the storage report; as CSV the sizes by table and day."""

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
        parameters.reject_unknown(request.args, (*parameters.RANGE, "format"))
        output_format = parameters.format_of(request.args)
        usage = report.read(parameters.window_of(request.args, now))
        return _as_csv(usage) if output_format == "csv" else _as_json(usage)

    app.add_url_rule(ROUTE, "api_storage", storage, methods=["GET"])


def _as_json(storage: Storage) -> Response:
    response = Response(msgspec.json.encode(storage), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_csv(storage: Storage) -> Response:
    """One row per table, with an empty day, then one row per day partition."""
    rows: list[list[Cell]] = [[t.table, "", "", t.rows, t.size_bytes] for t in storage.tables]
    rows += [
        [
            partition.table,
            partition.day.isoformat(),
            partition.state,
            partition.rows,
            partition.size_bytes,
        ]
        for partition in storage.days
    ]
    response = csv_response.download(
        csv_text.table(HEADER, rows), f"storage_{storage.data_as_of:%Y%m%dT%H%MZ}.csv"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
