"""CSV files of rows: small ones at once, large ones from the queue.

A file is complete before its first byte is sent, so it has a Content-Length and a broken download
cannot look complete.
"""

import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from flask import Response, request

from analytics.exports.datasets import Dataset
from analytics.exports.exports import (
    FAILED,
    READY,
    Export,
    ExportStatus,
    RowsUnreadable,
    file_name,
    request_for,
    status_of,
)
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.http import file_response
from ingest.http.file_response import accepts_gzip
from ingest.http.problems import Conflict, NotFound, ServiceUnavailable
from ingest.routing.faults import RETRY_SECONDS
from ingest.routing.runner import actor_of, json_response
from models.raw.export_rows import ExportRequest

PATH = "/api/ws/exports"
POLL_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 600


class ExportList(msgspec.Struct, frozen=True):
    """The newest exports that were prepared or are to be."""

    exports: list[ExportStatus]


def export(
    dataset: Dataset,
    services: Services,
    *,
    window: TimeRange,
    filters: Mapping[str, str],
    times: ZoneInfo | None,
    prepare: bool,
) -> Response:
    """`GET /api/ws/export/{dataset}.csv`."""
    actor, export_request = actor_of(services), request_for(dataset, window, filters)
    size = services.exports.count(dataset, export_request)
    if not size.is_large and not prepare:
        with suppress(RowsUnreadable):  # by whom it is prepared sets them aside
            return _write_and_send(services, actor, dataset.in_zone(times), export_request)
    queued = services.exports.enqueue(actor, dataset, export_request, size.rows, times)
    if prepare:
        location = f"{_path()}/{queued.id}"
        return json_response(status_of(queued, _path()), HTTPStatus.ACCEPTED, Location=location)
    return _file_response(services, _await_prepared(services, actor, queued))


def exports(services: Services) -> ExportList:
    """`GET /api/ws/exports`."""
    mine = services.exports.list_for(actor_of(services))
    return ExportList([status_of(each, _path()) for each in mine])


def export_status(services: Services, export_id: UUID) -> ExportStatus:
    """`GET /api/ws/exports/{export_id}`."""
    return status_of(_find(services, actor_of(services), export_id), _path())


def export_file(services: Services, export_id: UUID) -> Response:
    """`GET /api/ws/exports/{export_id}/file`."""
    return _file_response(services, _find(services, actor_of(services), export_id))


def _path() -> str:
    """`PATH` as callers write it, below the path of the installation."""
    return request.script_root + PATH


def _write_and_send(
    services: Services, actor: Actor, dataset: Dataset, export_request: ExportRequest
) -> Response:
    """Write to an unnamed temporary file, which the kernel removes on close, and send it."""
    file = tempfile.TemporaryFile(dir=services.exports.folder)  # noqa: SIM115 - open until sent
    try:
        compressed = accepts_gzip(request)
        result = services.exports.write(actor, dataset, export_request, file, compressed=compressed)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    name = file_name(dataset.name, export_request.start, export_request.end)
    return file_response.download(file, name, result.file_bytes, compressed=compressed)


def _await_prepared(services: Services, actor: Actor, queued: Export) -> Export:
    """Poll until the scheduler has prepared it. Raises `ServiceUnavailable` after 600 s."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while queued.state not in (READY, FAILED):
        if time.monotonic() > deadline:
            raise ServiceUnavailable(
                f"It is still being prepared: look at {_path()}/{queued.id}.",
                retry_after=RETRY_SECONDS,
            )
        time.sleep(POLL_SECONDS)
        queued = _find(services, actor, queued.id)
    return queued


def _file_response(services: Services, prepared: Export) -> Response:
    if prepared.state == FAILED:
        raise ServiceUnavailable(
            f"It was not prepared: {prepared.fault}.", retry_after=RETRY_SECONDS
        )
    if prepared.state != READY or prepared.text_bytes is None or prepared.file_bytes is None:
        raise Conflict(f"It is not prepared yet: look at {_path()}/{prepared.id}.")
    path = services.exports.file_of(prepared)
    if path is None:
        raise NotFound("Its file is not on this machine any more: export it again.")
    name = file_name(prepared.dataset, prepared.start, prepared.end)
    if accepts_gzip(request):
        return file_response.download(path.open("rb"), name, prepared.file_bytes, compressed=True)
    plain = file_response.unpacked(path)
    return file_response.download(plain, name, prepared.text_bytes, compressed=False)


def _find(services: Services, actor: Actor, export_id: UUID) -> Export:
    stored = services.exports.find(actor, export_id)
    if stored is None:
        raise NotFound("There is no such export; they are kept for a day.")
    return stored
