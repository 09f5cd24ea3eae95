"""Client reports, which the collector takes, and their summary."""

from msgspec.structs import replace

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import Point, Summary
from analytics.reports.segments.geographic_answers import Geographic
from analytics.services.services import Services
from ingest.access.rules import EVERYBODY
from ingest.collector import Receipt
from ingest.payloads.schema import SECTIONS, ReportPayload
from ingest.routing.bodies import JSON, single_or_list
from ingest.routing.inputs import FILTERS, WINDOW
from ingest.routing.route import Body, ResponseSpec, Route, Schema, Table
from ingest.routing.series_table import series_table
from models.metrics.client_catalogue import CATALOG

from .region_table import region_table

TAG = "Client metrics"
PATH = "/api/ws/client-metrics"


def summary(services: Services, window: TimeRange, filters: Filters) -> Summary:
    """`GET /api/ws/client-metrics/summary`."""
    return services.reports.summary(window, filters)


def geographic(services: Services, window: TimeRange, filters: Filters) -> Geographic:
    """`GET /api/ws/client-metrics/geographic`."""
    result = services.reports.geographic(window, filters)
    return replace(result, country_source=services.country_source())


def add_descriptions(schemas: Schema) -> None:
    """Set the catalogue's descriptions on the fields of a report."""
    for metric in CATALOG:
        for path in metric.fields:
            section, _, name = path.rpartition(".")
            owner = SECTIONS.get(section, ReportPayload)
            properties = schemas[owner.__name__]["properties"]
            if name in properties:
                properties[name]["description"] = metric.help


def _as_csv(report: Summary) -> Table:
    return series_table("client-metrics-summary", Point, report, report.not_counted)


ROUTES = (
    Route(
        method="POST",
        path=PATH,
        name="submit_client_metrics",
        tag=TAG,
        summary="Submit client metrics",
        description="One report, or up to 100. A report is known by its `session_id`, "
        "`report_id` and `period_end`; sent again it counts as a duplicate, with another body "
        "as a conflict: the first stays. 201 means committed. `period_end` must lie between 48 h "
        "ago and 60 s ahead of `server_time`.",
        roles=EVERYBODY,
        takes_ingest_key=True,
        body=Body(
            kinds=(ReportPayload,),
            content={
                JSON: single_or_list(ReportPayload, "reports"),
                "text/plain": {"type": "string", "description": "The same JSON."},
            },
        ),
        response=ResponseSpec(
            text="At least one report was stored or known before.", status=201, kind=Receipt
        ),
        other_responses=(ResponseSpec(text="No report was acceptable.", status=422, kind=Receipt),),
        problems=(401, 403, 429, 503),
    ),
    Route(
        method="OPTIONS",
        path=PATH,
        name="may_submit_client_metrics",
        tag=TAG,
        summary="Ask whether a page may submit",
        roles=EVERYBODY,
        response=ResponseSpec(text="It may.", status=204),
        problems=(403,),
    ),
    Route(
        method="GET",
        path=f"{PATH}/summary",
        name="client_metrics_summary",
        tag=TAG,
        summary="Get the summary of a range",
        description="Counts are weighted by 1/sample_rate; `n`, `reports` and `sessions` are "
        "not. Intervals are Wilson's at 95 %. A step without reports has no point.",
        inputs=(WINDOW, FILTERS),
        view=summary,
        response=ResponseSpec(text="The summary; as CSV its series.", kind=Summary, as_csv=_as_csv),
    ),
    Route(
        method="GET",
        path=f"{PATH}/geographic",
        name="client_metrics_geographic",
        tag=TAG,
        summary="Get what people get by country",
        description="Countries, or with `country` its regions, each beside the period before and "
        "beside all other people. Intervals are at 95 % over sessions, since what one session "
        "measures is alike. Regions of fewer than 30 sessions are small samples, never ranked.",
        inputs=(WINDOW, FILTERS),
        view=geographic,
        response=ResponseSpec(
            text="The regions; as CSV their table.", kind=Geographic, as_csv=region_table
        ),
    ),
)
