"""`/api/ws/export/{dataset}.csv` and `/api/ws/exports`: CSV files, small ones at once.

A file is complete before its first byte is sent, so it has a Content-Length and a broken download
cannot look complete.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from uuid import UUID

import msgspec
from flask import Flask, Response, request

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import (
    FAILED,
    READY,
    Export,
    Exports,
    ExportStatus,
    SpoolFull,
    TooManyExports,
    file_name,
    request_for,
    status_of,
)
from analytics.permission.actor import Actor
from ingest.http import file_response, parameters
from ingest.http.file_response import accepts_gzip
from ingest.http.problems import (
    Conflict,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)
from models.raw.export_rows import ExportRequest

ROUTE = "/api/ws/exports"
POLL_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 600
RETRY_SECONDS = 30
PREPARE = ("false", "true")


class ExportList(msgspec.Struct, frozen=True):
    """The newest exports that were prepared or are to be."""

    exports: list[ExportStatus]


class ExportViews:
    """The views. `viewer` returns the current actor."""

    def __init__(
        self, exports: Exports, viewer: Callable[[], Actor | None], now: Callable[[], datetime]
    ) -> None:
        self._exports = exports
        self._viewer = viewer
        self._now = now

    def export(self, dataset: Dataset) -> Response:
        """`GET /api/ws/export/{dataset}.csv`."""
        filters = dataset.source.filters
        parameters.reject_unknown(request.args, (*parameters.RANGE, *filters, "prepare"))
        prepare = parameters.choice_of(request.args, "prepare", PREPARE) == "true"
        window = parameters.window_of(request.args, self._now)
        values = {name: parameters.text_of(request.args, name) for name in filters}
        filter_values = {name: value for name, value in values.items() if value is not None}
        export_request = request_for(dataset, window, filter_values)
        actor = self._actor()
        with _limits_as_problems():
            size = self._exports.count(dataset, export_request)
            if size.is_large or prepare:
                export = self._exports.enqueue(actor, dataset, export_request, size.rows)
                return (
                    _accepted(export)
                    if prepare
                    else self._file_response(self._await_prepared(actor, export))
                )
            return self._write_and_send(actor, dataset, export_request)

    def all(self) -> Response:
        """`GET /api/ws/exports`."""
        parameters.reject_unknown(request.args, ())
        mine = self._exports.list_for(self._actor())
        return _json(ExportList([status_of(export, ROUTE) for export in mine]))

    def status(self, export_id: UUID) -> Response:
        """`GET /api/ws/exports/{export_id}`."""
        parameters.reject_unknown(request.args, ())
        return _json(status_of(self._find(self._actor(), export_id), ROUTE))

    def file(self, export_id: UUID) -> Response:
        """`GET /api/ws/exports/{export_id}/file`."""
        parameters.reject_unknown(request.args, ())
        return self._file_response(self._find(self._actor(), export_id))

    def _write_and_send(
        self, actor: Actor, dataset: Dataset, export_request: ExportRequest
    ) -> Response:
        """Write to an unnamed temporary file, which the kernel removes on close, and send it."""
        file = tempfile.TemporaryFile(dir=self._exports.folder)  # noqa: SIM115 - open until sent
        try:
            compressed = accepts_gzip(request)
            result = self._exports.write(
                actor, dataset, export_request, file, compressed=compressed
            )
            file.seek(0)
        except BaseException:
            file.close()
            raise
        name = file_name(dataset.name, export_request.start, export_request.end)
        return file_response.download(file, name, result.file_bytes, compressed=compressed)

    def _await_prepared(self, actor: Actor, export: Export) -> Export:
        """Poll until the scheduler has prepared it. Raises `ServiceUnavailable` after 600 s."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while export.state not in (READY, FAILED):
            if time.monotonic() > deadline:
                raise ServiceUnavailable(
                    f"It is still being prepared: look at {ROUTE}/{export.id}.",
                    retry_after=RETRY_SECONDS,
                )
            time.sleep(POLL_SECONDS)
            export = self._find(actor, export.id)
        return export

    def _file_response(self, export: Export) -> Response:
        if export.state == FAILED:
            raise ServiceUnavailable(
                f"It was not prepared: {export.fault}.", retry_after=RETRY_SECONDS
            )
        if export.state != READY or export.text_bytes is None or export.file_bytes is None:
            raise Conflict(f"It is not prepared yet: look at {ROUTE}/{export.id}.")
        path = self._exports.file_of(export)
        if path is None:
            raise NotFound("Its file is not on this machine any more: export it again.")
        name = file_name(export.dataset, export.start, export.end)
        if accepts_gzip(request):
            return file_response.download(path.open("rb"), name, export.file_bytes, compressed=True)
        plain = file_response.unpacked(path)
        return file_response.download(plain, name, export.text_bytes, compressed=False)

    def _find(self, actor: Actor, export_id: UUID) -> Export:
        export = self._exports.find(actor, export_id)
        if export is None:
            raise NotFound("There is no such export; they are kept for a day.")
        return export

    def _actor(self) -> Actor:
        actor = self._viewer()
        if actor is None:
            raise Unauthorized("Sign in, or send a token as Authorization: Bearer.")
        return actor


def register(
    app: Flask, exports: Exports, viewer: Callable[[], Actor | None], now: Callable[[], datetime]
) -> None:
    """Add the routes to `app`: one per dataset, and those of prepared exports."""
    views = ExportViews(exports, viewer, now)
    for dataset in DATASETS.values():
        app.add_url_rule(
            f"/api/ws/export/{dataset.name}.csv",
            f"api_export_{dataset.name}",
            partial(views.export, dataset),
            methods=["GET"],
        )
    app.add_url_rule(ROUTE, "api_exports", views.all, methods=["GET"])
    export_path = f"{ROUTE}/<uuid:export_id>"
    app.add_url_rule(export_path, "api_export_status", views.status, methods=["GET"])
    app.add_url_rule(f"{export_path}/file", "api_export_file", views.file, methods=["GET"])


@contextmanager
def _limits_as_problems() -> Iterator[None]:
    try:
        yield
    except TooManyExports as fault:
        raise TooManyRequests(
            f"{fault}: wait for one of them, or ask for less.", retry_after=RETRY_SECONDS
        ) from None
    except SpoolFull as fault:
        raise ServiceUnavailable(
            f"Nothing can be exported now: {fault}.", retry_after=RETRY_SECONDS
        ) from None


def _accepted(export: Export) -> Response:
    response = _json(status_of(export, ROUTE), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"{ROUTE}/{export.id}"
    return response


def _json(payload: ExportStatus | ExportList, status: int = HTTPStatus.OK) -> Response:
    response = Response(msgspec.json.encode(payload), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
