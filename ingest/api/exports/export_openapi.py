"""OpenAPI of exports and storage."""

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import ExportStatus
from analytics.operations.storage_answers import Storage
from ingest.api.openapi.parts import (
    VALUE,
    Document,
    format_parameter,
    operation,
    parameter,
    path_parameter,
    problem_responses,
    response,
    response_or_csv,
    time_range,
)

from . import storage_views
from .export_views import ROUTE, ExportList

TYPES = (ExportStatus, ExportList, Storage)
TAG = "Exports"
EXPORT_ID = path_parameter(
    "export_id", "As `Location` and the list name it.", {"type": "string", "format": "uuid"}
)
FILE: Document = {
    "description": "The whole file; `gzip` when the client reads that.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


def paths() -> Document:
    """The operations."""
    return {
        **{f"/api/ws/export/{name}.csv": {"get": _export(d)} for name, d in DATASETS.items()},
        ROUTE: {"get": _list()},
        f"{ROUTE}/{{export_id}}": {"get": _status()},
        f"{ROUTE}/{{export_id}}/file": {"get": _file()},
        storage_views.ROUTE: {"get": _storage()},
    }


def _export(dataset: Dataset) -> Document:
    prepare: Document = {"enum": ["false", "true"], "default": "false"}
    accepted = response("It is being prepared; `Location` says where to look.", "ExportStatus")
    accepted["headers"] = {"Location": {"schema": {"type": "string"}, "required": True}}
    return operation(
        "export_" + dataset.name.replace("-", "_"),
        TAG,
        f"Export {dataset.title.lower()}",
        description=f"{dataset.description} UTF-8, RFC 4180, units in the header. "
        "From 100,000 rows on the file is prepared in the background first and the answer waits "
        "for it; with `prepare=true` the answer is 202 at once, whatever the size.",
        parameters=[
            *time_range(),
            *(
                parameter(name, f"Rows with this {name.replace('_', ' ')} only.", VALUE)
                for name in dataset.source.filters
            ),
            parameter("prepare", "Prepare the file and answer at once where it will be.", prepare),
        ],
        responses={"200": FILE, "202": accepted, **problem_responses(401, 403, 422, 429, 503)},
    )


def _list() -> Document:
    return operation(
        "exports",
        TAG,
        "Get your exports that are prepared or being prepared",
        description="The newest 20, kept for a day. An admin sees everybody's.",
        responses={
            "200": response("The exports.", "ExportList"),
            **problem_responses(401, 403, 422, 503),
        },
    )


def _status() -> Document:
    return operation(
        "export_status",
        TAG,
        "Get how far an export is",
        parameters=[EXPORT_ID],
        responses={
            "200": response("How far it is.", "ExportStatus"),
            **problem_responses(401, 403, 404, 422, 503),
        },
    )


def _file() -> Document:
    return operation(
        "export_file",
        TAG,
        "Get the file of an export that is ready",
        parameters=[EXPORT_ID],
        responses={"200": FILE, **problem_responses(401, 403, 404, 409, 422, 503)},
    )


def _storage() -> Document:
    return operation(
        "storage",
        "Health",
        "Get how the store fares",
        description="Size by table and day, growth, when the disk is full, the jobs, and what "
        "became of what came in during the range.",
        parameters=[*time_range(), format_parameter()],
        responses={
            "200": response_or_csv("The figures; as CSV the sizes.", "Storage"),
            **problem_responses(401, 403, 422, 503),
        },
    )
