"""`/api/ws/export/{dataset}.csv` and `/api/ws/exports`: rows as files, small ones at once.

A file is written before its first byte is sent, with its Content-Length: what breaks on the way
never looks complete.
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
    TooMany,
    asked_for,
    file_name,
    status_of,
)
from analytics.permission.actor import Actor
from ingest.http import file_response, parameters
from ingest.http.file_response import takes_gzip
from ingest.http.problems import Away, Conflict, NotFound, TooManyRequests, Unauthorized
from models.raw.export_rows import ExportRequest

ROUTE = "/api/ws/exports"
LOOK_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 600
RETRY_SECONDS = 30
PREPARE = ("false", "true")


class ExportList(msgspec.Struct, frozen=True):
    """The newest exports that were prepared or are to be."""

    exports: list[ExportStatus]


class Exporting:
    """The views. `viewer` names who sends the present request."""

    def __init__(
        self, exports: Exports, viewer: Callable[[], Actor | None], now: Callable[[], datetime]
    ) -> None:
        self._exports = exports
        self._viewer = viewer
        self._now = now

    def export(self, dataset: Dataset) -> Response:
        """`GET /api/ws/export/{dataset}.csv`."""
        filters = dataset.source.filters
        parameters.refuse_others(request.args, (*parameters.RANGE, *filters, "prepare"))
        prepare = parameters.choice_of(request.args, "prepare", PREPARE) == "true"
        window = parameters.window_of(request.args, self._now)
        given = {name: parameters.text_of(request.args, name) for name in filters}
        chosen = {name: value for name, value in given.items() if value is not None}
        asked = asked_for(dataset, window, chosen)
        actor = self._actor()
        with _limits():
            counted = self._exports.count(dataset, asked)
            if counted.is_large or prepare:
                export = self._exports.ask(actor, dataset, asked, counted.rows)
                return _accepted(export) if prepare else self._sent(self._prepared(actor, export))
            return self._written(actor, dataset, asked)

    def all(self) -> Response:
        """`GET /api/ws/exports`."""
        parameters.refuse_others(request.args, ())
        mine = self._exports.all_of(self._actor())
        return _json(ExportList([status_of(export, ROUTE) for export in mine]))

    def status(self, export_id: UUID) -> Response:
        """`GET /api/ws/exports/{export_id}`."""
        parameters.refuse_others(request.args, ())
        return _json(status_of(self._found(self._actor(), export_id), ROUTE))

    def file(self, export_id: UUID) -> Response:
        """`GET /api/ws/exports/{export_id}/file`."""
        parameters.refuse_others(request.args, ())
        return self._sent(self._found(self._actor(), export_id))

    def _written(self, actor: Actor, dataset: Dataset, asked: ExportRequest) -> Response:
        """Write now and send. The file has no name, so nothing of it is ever left behind."""
        file = tempfile.TemporaryFile(dir=self._exports.folder)  # noqa: SIM115 - open until sent
        try:
            compressed = takes_gzip(request)
            written = self._exports.write(actor, dataset, asked, file, compressed=compressed)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        name = file_name(dataset.name, asked.start, asked.end)
        return file_response.download(file, name, written.file_bytes, compressed=compressed)

    def _prepared(self, actor: Actor, export: Export) -> Export:
        """Wait until the scheduler has prepared it."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while export.state not in (READY, FAILED):
            if time.monotonic() > deadline:
                raise Away(
                    f"It is still being prepared: look at {ROUTE}/{export.id}.",
                    retry_after=RETRY_SECONDS,
                )
            time.sleep(LOOK_SECONDS)
            export = self._found(actor, export.id)
        return export

    def _sent(self, export: Export) -> Response:
        if export.state == FAILED:
            raise Away(f"It was not prepared: {export.fault}.", retry_after=RETRY_SECONDS)
        if export.state != READY or export.text_bytes is None or export.file_bytes is None:
            raise Conflict(f"It is not prepared yet: look at {ROUTE}/{export.id}.")
        path = self._exports.file_of(export)
        if path is None:
            raise NotFound("Its file is not on this machine any more: export it again.")
        name = file_name(export.dataset, export.start, export.end)
        if takes_gzip(request):
            return file_response.download(path.open("rb"), name, export.file_bytes, compressed=True)
        plain = file_response.unpacked(path)
        return file_response.download(plain, name, export.text_bytes, compressed=False)

    def _found(self, actor: Actor, export_id: UUID) -> Export:
        found = self._exports.find(actor, export_id)
        if found is None:
            raise NotFound("There is no such export; they are kept for a day.")
        return found

    def _actor(self) -> Actor:
        actor = self._viewer()
        if actor is None:
            raise Unauthorized("Sign in, or send a token as Authorization: Bearer.")
        return actor


def register(
    app: Flask, exports: Exports, viewer: Callable[[], Actor | None], now: Callable[[], datetime]
) -> None:
    """Add the routes to `app`: one for each dataset, and those of prepared exports."""
    views = Exporting(exports, viewer, now)
    for dataset in DATASETS.values():
        app.add_url_rule(
            f"/api/ws/export/{dataset.name}.csv",
            f"api_export_{dataset.name}",
            partial(views.export, dataset),
            methods=["GET"],
        )
    app.add_url_rule(ROUTE, "api_exports", views.all, methods=["GET"])
    one = f"{ROUTE}/<uuid:export_id>"
    app.add_url_rule(one, "api_export_status", views.status, methods=["GET"])
    app.add_url_rule(f"{one}/file", "api_export_file", views.file, methods=["GET"])


@contextmanager
def _limits() -> Iterator[None]:
    try:
        yield
    except TooMany as fault:
        raise TooManyRequests(
            f"{fault}: wait for one of them, or ask for less.", retry_after=RETRY_SECONDS
        ) from None
    except SpoolFull as fault:
        raise Away(f"Nothing can be exported now: {fault}.", retry_after=RETRY_SECONDS) from None


def _accepted(export: Export) -> Response:
    response = _json(status_of(export, ROUTE), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"{ROUTE}/{export.id}"
    return response


def _json(answer: ExportStatus | ExportList, status: int = HTTPStatus.OK) -> Response:
    response = Response(msgspec.json.encode(answer), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
