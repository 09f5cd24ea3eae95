"""The part of the description that concerns what browsers report."""

from analytics.reports.client_answers import Summary
from ingest.api.openapi.parts import (
    ANYBODY,
    Document,
    answer,
    body,
    filters,
    format_choice,
    one_or_many,
    operation,
    problems,
    rows,
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


def explain(schemas: Document) -> None:
    """Give the fields of a report the words of the catalog."""
    for metric in CATALOG:
        for path in metric.fields:
            section, _, name = path.rpartition(".")
            owner = SECTIONS.get(section, ReportPayload)
            properties = schemas[owner.__name__]["properties"]
            if name in properties:
                properties[name]["description"] = metric.help


def _post() -> Document:
    sent = body(one_or_many("ReportPayload", "reports"))
    sent["content"]["text/plain"] = {"schema": {"type": "string", "description": "The same JSON."}}
    return operation(
        "submit_client_metrics",
        TAG,
        "Submit client metrics",
        description="One report, or up to 100. A report is known by its `session_id`, "
        "`report_id` and `period_end`; sent again it counts as a duplicate. 201 means committed. "
        "`period_end` must lie between 48 h ago and 60 s ahead of `server_time`.",
        security=[{}, {"ingest_key": []}],
        requestBody=sent,
        responses={
            "201": answer("At least one report was stored or known before.", "Receipt"),
            **problems(400, 401, 403, 413, 415, 429, 503),
            "422": answer("No report was acceptable.", "Receipt"),
        },
    )


def _preflight() -> Document:
    return operation(
        "may_submit_client_metrics",
        TAG,
        "Ask whether a page may submit",
        security=ANYBODY,
        responses={"204": {"description": "It may."}, **problems(403)},
    )


def _summary() -> Document:
    return operation(
        "client_metrics_summary",
        TAG,
        "Get the summary of a range",
        description="Counts are weighted by 1/sample_rate; `n`, `reports` and `sessions` are "
        "not. Intervals are Wilson's at 95 %. A step without reports has no point.",
        parameters=[*time_range(), *filters(), format_choice()],
        responses={
            "200": rows("The summary; as CSV its series.", "Summary"),
            **problems(401, 403, 422, 503),
        },
    )
