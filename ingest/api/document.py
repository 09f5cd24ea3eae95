"""The route table of the API, and the OpenAPI 3.1 document that follows from it."""

import msgspec
from flask import Response, render_template, request

from analytics.country_file.source import CountrySource
from analytics.services.services import Services
from ingest.routing.bodies import JSON, REFERENCE
from ingest.routing.route import ResponseSpec, Route
from ingest.routing.runner import json_response

from .alerts import alert_routes, rule_routes, silence_routes
from .baselines import baseline_routes
from .both_ends import both_ends_routes
from .client import anomaly_routes, client_routes, correlation_routes
from .connection_tests import connection_test_routes
from .exports import export_routes, storage_routes
from .health import health_routes
from .history import history_routes
from .load_tests import load_test_routes
from .openapi import operations
from .openapi.operations import Document
from .openapi.pages import sections
from .recipients import recipient_routes
from .server import server_routes
from .sessions import session_routes
from .wall import wall_routes

VERSION = "1.0.0"
TAG = "Description"


def openapi(services: Services) -> Response:
    """`GET /api/openapi.json`."""
    return json_response(document(services.country_source(), request.script_root))


def docs(services: Services) -> Response:
    """`GET /api/docs`: the OpenAPI document as a page."""
    described = sections(document(services.country_source()))
    return Response(render_template("api_docs.html", **described))


ROUTES = (
    *client_routes.ROUTES,
    *anomaly_routes.ROUTES,
    *correlation_routes.ROUTES,
    *server_routes.ROUTES,
    *both_ends_routes.ROUTES,
    *load_test_routes.ROUTES,
    *connection_test_routes.ROUTES,
    *baseline_routes.ROUTES,
    *export_routes.ROUTES,
    *storage_routes.ROUTES,
    *session_routes.ROUTES,
    *wall_routes.ROUTES,
    *alert_routes.ROUTES,
    *rule_routes.ROUTES,
    *silence_routes.ROUTES,
    *recipient_routes.ROUTES,
    *history_routes.ROUTES,
    *health_routes.ROUTES,
    Route(
        method="GET",
        path="/api/openapi.json",
        name="openapi",
        tag=TAG,
        summary="Get this description for machines",
        view=openapi,
        response=ResponseSpec(text="OpenAPI 3.1.", media={JSON: {"type": "object"}}),
    ),
    Route(
        method="GET",
        path="/api/docs",
        name="docs",
        tag=TAG,
        summary="Get this description for people",
        view=docs,
        response=ResponseSpec(text="A page.", media={"text/html": {"type": "string"}}),
        other_responses=(ResponseSpec(text="Sign in first.", status=302),),
    ),
)


def document(countries: CountrySource | None = None, prefix: str = "") -> Document:
    """The OpenAPI document of an API below `prefix`; whoever displays countries of an answer
    reads in it whose they are."""
    _, schemas = msgspec.json.schema_components(operations.kinds(ROUTES), ref_template=REFERENCE)
    client_routes.add_descriptions(schemas)
    history_routes.simplify_points(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "WebSocket Analytics",
            "version": VERSION,
            "description": "What WebSocket connections really do. Times are ISO 8601 with a zone; "
            "durations are milliseconds; a range of time holds its start and not its end."
            + (
                f" Name the source of countries beside them: {countries.credit}."
                if countries
                else ""
            ),
        },
        **({"servers": [{"url": prefix}]} if prefix else {}),
        "paths": operations.paths(ROUTES),
        "components": {
            "schemas": {**schemas, "Problem": operations.PROBLEM},
            "securitySchemes": operations.SECURITY_SCHEMES,
        },
    }
