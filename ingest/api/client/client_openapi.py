"""OpenAPI of client reports and their summary."""

from analytics.reports.client_answers import Summary
from ingest.api.openapi.parts import (
    ANYBODY,
    Document,
    body,
    filters,
    format_parameter,
    operation,
    problem_responses,
    response,
    response_or_csv,
    single_or_list,
    time_range,
)
from ingest.collector import Receipt
from ingest.payloads.schema import SECTIONS, ReportPayload
from models.metrics.client_catalogue import CATALOG

TYPES = (Summary, ReportPayload, Receipt)
TAG = "Client metrics"
PATH = "/api/ws/client-metrics"


def paths() -> Document:
    """The paths by address."""
    return {
        PATH: {"post": _post(), "options": _preflight()},
        f"{PATH}/summary": {"get": _summary()},
    }


def add_descriptions(schemas: Document) -> None:
    """Set the catalogue's descriptions on the fields of a report."""
    for metric in CATALOG:
        for path in metric.fields:
            section, _, name = path.rpartition(".")
            owner = SECTIONS.get(section, ReportPayload)
            properties = schemas[owner.__name__]["properties"]
            if name in properties:
                properties[name]["description"] = metric.help


def _post() -> Document:
    request_body = body(single_or_list("ReportPayload", "reports"))
    request_body["content"]["text/plain"] = {
        "schema": {"type": "string", "description": "The same JSON."}
    }
    return operation(
        "submit_client_metrics",
        TAG,
        "Submit client metrics",
        description="One report, or up to 100. A report is known by its `session_id`, "
        "`report_id` and `period_end`; sent again it counts as a duplicate. 201 means committed. "
        "`period_end` must lie between 48 h ago and 60 s ahead of `server_time`.",
        security=[{}, {"ingest_key": []}],
        requestBody=request_body,
        responses={
            "201": response("At least one report was stored or known before.", "Receipt"),
            **problem_responses(400, 401, 403, 413, 415, 429, 503),
            "422": response("No report was acceptable.", "Receipt"),
        },
    )


def _preflight() -> Document:
    return operation(
        "may_submit_client_metrics",
        TAG,
        "Ask whether a page may submit",
        security=ANYBODY,
        responses={"204": {"description": "It may."}, **problem_responses(403)},
    )


def _summary() -> Document:
    return operation(
        "client_metrics_summary",
        TAG,
        "Get the summary of a range",
        description="Counts are weighted by 1/sample_rate; `n`, `reports` and `sessions` are "
        "not. Intervals are Wilson's at 95 %. A step without reports has no point.",
        parameters=[*time_range(), *filters(), format_parameter()],
        responses={
            "200": response_or_csv("The summary; as CSV its series.", "Summary"),
            **problem_responses(401, 403, 422, 503),
        },
    )
