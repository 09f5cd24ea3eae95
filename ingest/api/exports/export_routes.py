"""`/api/ws/export/{dataset}.csv`, one route per dataset, and `/api/ws/exports`."""

from functools import partial

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import ExportStatus
from ingest.routing.inputs import OF_AUTOMATED, VALUE, WALL_TIMES, WINDOW, flag, parameter, texts
from ingest.routing.route import ResponseSpec, Route, uuid_id
from models.metrics.dimensions import AUTOMATED

from . import export_views
from .export_views import PATH, ExportList

TAG = "Exports"
EXPORT_ID = uuid_id("export_id", "As `Location` and the list name it.")
FILE = ResponseSpec(
    text="The whole file; `gzip` when the client reads that.",
    media={"text/csv": {"type": "string"}},
)


def _export(dataset: Dataset) -> Route:
    filters = [
        parameter(name, f"Rows with this {name.replace('_', ' ')} only.", VALUE)
        for name in dataset.source.filters
        if name != AUTOMATED
    ]
    if AUTOMATED in dataset.source.filters:
        filters.append(OF_AUTOMATED)
    return Route(
        method="GET",
        path=f"/api/ws/export/{dataset.name}.csv",
        name="export_" + dataset.name.replace("-", "_"),
        tag=TAG,
        summary=f"Export {dataset.title.lower()}",
        description=f"{dataset.description} UTF-8, RFC 4180, units in the header. "
        "From 100,000 rows on the file is prepared in the background first and the answer waits "
        "for it; with `prepare=true` the answer is 202 at once, whatever the size.",
        inputs=(
            WINDOW,
            texts("filters", filters),
            WALL_TIMES,
            flag("prepare", "Prepare the file and answer at once where it will be."),
        ),
        view=partial(export_views.export, dataset),
        response=FILE,
        other_responses=(
            ResponseSpec(
                text="It is being prepared; `Location` says where to look.",
                status=202,
                kind=ExportStatus,
                headers=("Location",),
            ),
        ),
        problems=(429,),
    )


ROUTES = (
    *(_export(dataset) for dataset in DATASETS.values()),
    Route(
        method="GET",
        path=PATH,
        name="exports",
        tag=TAG,
        summary="Get your exports that are prepared or being prepared",
        description="The newest 20, kept for a day. An admin sees everybody's.",
        view=export_views.exports,
        response=ResponseSpec(text="The exports.", kind=ExportList),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{export_id}}",
        name="export_status",
        tag=TAG,
        summary="Get how far an export is",
        ids=(EXPORT_ID,),
        view=export_views.export_status,
        response=ResponseSpec(text="How far it is.", kind=ExportStatus),
    ),
    Route(
        method="GET",
        path=f"{PATH}/{{export_id}}/file",
        name="export_file",
        tag=TAG,
        summary="Get the file of an export that is ready",
        ids=(EXPORT_ID,),
        view=export_views.export_file,
        response=FILE,
        problems=(409,),
    ),
)
