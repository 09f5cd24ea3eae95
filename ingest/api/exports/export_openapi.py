"""The part of the description that speaks of exports and of storage."""

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import ExportStatus
from analytics.operations.storage_answers import Storage
from ingest.api.openapi.parts import (
    VALUE,
    Document,
    answer,
    format_choice,
    in_path,
    operation,
    parameter,
    problems,
    rows,
    time_range,
)

from . import storage_views
from .export_views import ROUTE, ExportList

TYPES = (ExportStatus, ExportList, Storage)
TAG = "Exports"
ONE = in_path(
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
    accepted = answer("It is being prepared; `Location` says where to look.", "ExportStatus")
    accepted["headers"] = {"Location": {"schema": {"type": "string"}, "required": True}}
    return operation(
        "export_" + dataset.name.replace("-", "_"),
        TAG,
        f"Export {dataset.title.lower()}",
        description=f"{dataset.text} UTF-8, RFC 4180, units in the header. From 100,000 rows "
        "on the file is prepared in the background first and the answer waits for it; with "
        "`prepare=true` the answer is 202 at once, whatever the size.",
        parameters=[
            *time_range(),
            *(
                parameter(name, f"Rows with this {name.replace('_', ' ')} only.", VALUE)
                for name in dataset.source.filters
            ),
            parameter("prepare", "Prepare the file and answer at once where it will be.", prepare),
        ],
        responses={"200": FILE, "202": accepted, **problems(401, 403, 422, 429, 503)},
    )


def _list() -> Document:
    return operation(
        "exports",
        TAG,
        "Get your exports that are prepared or being prepared",
        description="The newest 20, kept for a day. An admin sees everybody's.",
        responses={"200": answer("The exports.", "ExportList"), **problems(401, 403, 422, 503)},
    )


def _status() -> Document:
    return operation(
        "export_status",
        TAG,
        "Get how far an export is",
        parameters=[ONE],
        responses={
            "200": answer("How far it is.", "ExportStatus"),
            **problems(401, 403, 404, 422, 503),
        },
    )


def _file() -> Document:
    return operation(
        "export_file",
        TAG,
        "Get the file of an export that is ready",
        parameters=[ONE],
        responses={"200": FILE, **problems(401, 403, 404, 409, 422, 503)},
    )


def _storage() -> Document:
    return operation(
        "storage",
        "Health",
        "Get how the store fares",
        description="Size by table and day, growth, when the disk is full, the jobs, and what "
        "became of what came in during the range.",
        parameters=[*time_range(), format_choice()],
        responses={
            "200": rows("The figures; as CSV the sizes.", "Storage"),
            **problems(401, 403, 422, 503),
        },
    )
