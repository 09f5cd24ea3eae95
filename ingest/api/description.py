"""The OpenAPI 3.1 description, made from the very types that requests and answers are made of."""

import msgspec

from analytics.answers import Summary
from analytics.catalog import CATALOG, DIMENSIONS, UNKNOWN
from analytics.health import HealthAnswer
from ingest.payloads.schema import SECTIONS, ReportPayload
from ingest.reception import Receipt

from . import (
    description_alerts,
    description_exports,
    description_history,
    description_recipients,
    description_server,
)
from .description_parts import (
    ANYBODY,
    LIST,
    PROBLEM,
    READERS,
    REFERENCE,
    SECURITY_SCHEMES,
    VALUE,
    Document,
    answer,
    format_choice,
    parameter,
    problems,
    reference,
    time_range,
)

VERSION = "1.0.0"


def document() -> Document:
    """The whole description."""
    parts = (
        *description_server.TYPES,
        *description_recipients.TYPES,
        *description_alerts.TYPES,
        *description_exports.TYPES,
        *description_history.TYPES,
    )
    _, schemas = msgspec.json.schema_components(
        [Summary, HealthAnswer, ReportPayload, Receipt, *parts], ref_template=REFERENCE
    )
    _explain(schemas)
    description_history.explain(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "WebSocket Analytics",
            "version": VERSION,
            "description": "What WebSocket connections really do. Times are ISO 8601 with a zone; "
            "durations are milliseconds; a range of time holds its start and not its end.",
        },
        "paths": {
            "/api/ws/client-metrics": {"post": _post(), "options": _preflight()},
            "/api/ws/client-metrics/summary": {"get": _summary()},
            **description_server.paths(),
            **description_exports.paths(),
            **description_alerts.paths(),
            **description_recipients.paths(),
            **description_history.paths(),
            **_health(),
            **_self(),
        },
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _explain(schemas: Document) -> None:
    """Give the fields of a report the words of the catalog."""
    for metric in CATALOG:
        for path in metric.fields:
            section, _, name = path.rpartition(".")
            owner = SECTIONS.get(section, ReportPayload)
            properties = schemas[owner.__name__]["properties"]
            if name in properties:
                properties[name]["description"] = metric.help


def _post() -> Document:
    report = reference("ReportPayload")
    body = {
        "oneOf": [
            report,
            {
                "type": "object",
                "required": ["reports"],
                "properties": {"reports": {**LIST, "items": report}},
            },
        ]
    }
    return {
        "operationId": "submit_client_metrics",
        "tags": ["Client metrics"],
        "summary": "Submit client metrics",
        "description": "One report, or up to 100. A report is known by its `session_id`, "
        "`report_id` and `period_end`; sent again it counts as a duplicate. 201 means committed. "
        "`period_end` must lie between 48 h ago and 60 s ahead of `server_time`.",
        "security": [{}, {"ingest_key": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": body},
                "text/plain": {"schema": {"type": "string", "description": "The same JSON."}},
            },
        },
        "responses": {
            "201": answer("At least one report was stored or known before.", "Receipt"),
            **problems(400, 401, 403, 413, 415, 429, 503),
            "422": answer("No report was acceptable.", "Receipt"),
        },
    }


def _preflight() -> Document:
    return {
        "operationId": "may_submit_client_metrics",
        "tags": ["Client metrics"],
        "summary": "Ask whether a page may submit",
        "security": ANYBODY,
        "responses": {"204": {"description": "It may."}, **problems(403)},
    }


def _summary() -> Document:
    return {
        "operationId": "client_metrics_summary",
        "tags": ["Client metrics"],
        "summary": "Get the summary of a range",
        "description": "Counts are weighted by 1/sample_rate; `n`, `reports` and `sessions` are "
        "not. Intervals are Wilson's at 95 %. A step without reports has no point.",
        "security": READERS,
        "parameters": [*time_range(), *_filters(), format_choice()],
        "responses": {
            "200": {
                "description": "The summary; as CSV its series.",
                "content": {
                    "application/json": {"schema": reference("Summary")},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            **problems(401, 403, 422, 503),
        },
    }


def _health() -> Document:
    status = reference("HealthAnswer")
    down = {"description": "Down.", "content": {"application/json": {"schema": status}}}
    common = {"tags": ["Health"], "security": ANYBODY}
    return {
        "/api/ws/health": {
            "get": {
                **common,
                "operationId": "health",
                "summary": "Get health status",
                "description": "The single checks are shown to those signed in.",
                "responses": {
                    "200": answer("Up.", "HealthAnswer"),
                    "503": down,
                    **problems(422),
                },
            }
        },
        "/api/ws/health/live": {
            "get": {
                **common,
                "operationId": "live",
                "summary": "Ask whether the process answers",
                "responses": {"200": answer("It does.", "HealthAnswer"), **problems(422)},
            }
        },
        "/api/ws/health/ready": {
            "get": {
                **common,
                "operationId": "ready",
                "summary": "Ask whether requests can be served",
                "responses": {"200": answer("They can.", "HealthAnswer"), **problems(422, 503)},
            }
        },
    }


def _self() -> Document:
    common = {"tags": ["Description"], "security": READERS}
    page = {"text/html": {"schema": {"type": "string"}}}
    machine = {"application/json": {"schema": {"type": "object"}}}
    return {
        "/api/openapi.json": {
            "get": {
                **common,
                "operationId": "openapi",
                "summary": "Get this description for machines",
                "responses": {
                    "200": {"description": "OpenAPI 3.1.", "content": machine},
                    **problems(401, 403, 422),
                },
            }
        },
        "/api/docs": {
            "get": {
                **common,
                "operationId": "docs",
                "summary": "Get this description for people",
                "responses": {
                    "200": {"description": "A page.", "content": page},
                    "302": {"description": "Sign in first."},
                    **problems(401, 403),
                },
            }
        },
    }


def _filters() -> list[Document]:
    return [
        parameter(name, f"{label}: this value only; `{UNKNOWN}` asks for reports without.", VALUE)
        for name, label in DIMENSIONS.items()
    ]
