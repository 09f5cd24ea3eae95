"""The OpenAPI 3.1 document, generated from the types of requests and responses."""

import msgspec

from analytics.operations.health import HealthAnswer
from ingest.api.openapi.parts import (
    ANYBODY,
    PROBLEM,
    REFERENCE,
    SECURITY_SCHEMES,
    Document,
    operation,
    problem_responses,
    response,
)

from .alerts import alert_openapi
from .client import client_openapi
from .exports import export_openapi
from .history import history_openapi
from .recipients import recipient_openapi
from .server import server_openapi

VERSION = "1.0.0"
PARTS = (
    client_openapi,
    server_openapi,
    export_openapi,
    alert_openapi,
    recipient_openapi,
    history_openapi,
)


def document() -> Document:
    """The OpenAPI document."""
    types = [HealthAnswer, *(kind for part in PARTS for kind in part.TYPES)]
    _, schemas = msgspec.json.schema_components(types, ref_template=REFERENCE)
    client_openapi.add_descriptions(schemas)
    history_openapi.simplify_points(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "WebSocket Analytics",
            "version": VERSION,
            "description": "What WebSocket connections really do. Times are ISO 8601 with a zone; "
            "durations are milliseconds; a range of time holds its start and not its end.",
        },
        "paths": {
            **{path: operations for part in PARTS for path, operations in part.paths().items()},
            **_health_paths(),
            **_description_paths(),
        },
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _health_paths() -> Document:
    description = "The single checks are shown to those signed in."
    return {
        "/api/ws/health": {
            "get": _open_operation(
                "health",
                "Get health status",
                description=description,
                responses={
                    "200": response("Up.", "HealthAnswer"),
                    "503": response("Down.", "HealthAnswer"),
                    **problem_responses(422),
                },
            )
        },
        "/api/ws/health/live": {
            "get": _open_operation(
                "live",
                "Ask whether the process answers",
                responses={"200": response("It does.", "HealthAnswer"), **problem_responses(422)},
            )
        },
        "/api/ws/health/ready": {
            "get": _open_operation(
                "ready",
                "Ask whether requests can be served",
                responses={
                    "200": response("They can.", "HealthAnswer"),
                    **problem_responses(422, 503),
                },
            )
        },
    }


def _open_operation(name: str, summary: str, **more: object) -> Document:
    return operation(name, "Health", summary, security=ANYBODY, **more)


def _description_paths() -> Document:
    page = {"text/html": {"schema": {"type": "string"}}}
    machine = {"application/json": {"schema": {"type": "object"}}}
    return {
        "/api/openapi.json": {
            "get": operation(
                "openapi",
                "Description",
                "Get this description for machines",
                responses={
                    "200": {"description": "OpenAPI 3.1.", "content": machine},
                    **problem_responses(401, 403, 422),
                },
            )
        },
        "/api/docs": {
            "get": operation(
                "docs",
                "Description",
                "Get this description for people",
                responses={
                    "200": {"description": "A page.", "content": page},
                    "302": {"description": "Sign in first."},
                    **problem_responses(401, 403),
                },
            )
        },
    }
