"""Health for load balancers and people: the single checks are for those signed in."""

from flask import Response

from analytics.operations.health import HealthResponse, Status
from analytics.services.services import Services
from ingest.access.rules import EVERYBODY
from ingest.http.problems import ServiceUnavailable
from ingest.routing.route import ResponseSpec, Route
from ingest.routing.runner import json_response
from models.database.engine import DatabaseAway

TAG = "Health"
PATH = "/api/ws/health"
RETRY_SECONDS = 2
UP = HealthResponse(status=Status.OK)


def health(services: Services) -> Response:
    """`GET /api/ws/health`: 503 when down."""
    report = services.health.check()
    is_down = report.status is Status.DOWN
    if is_down or not _may_see_checks(services):  # authentication needs the database too
        report = HealthResponse(status=report.status)
    return json_response(report, 503 if is_down else 200)


def live(_services: Services) -> HealthResponse:
    """`GET /api/ws/health/live`: the process responds."""
    return UP


def ready(services: Services) -> HealthResponse:
    """`GET /api/ws/health/ready`: requests can be served."""
    if not services.health.is_ready():
        raise ServiceUnavailable("The database does not answer.", retry_after=RETRY_SECONDS)
    return UP


def _may_see_checks(services: Services) -> bool:
    try:
        return services.viewer() is not None
    except DatabaseAway:  # nobody can be authenticated by a token now
        return False


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="health",
        tag=TAG,
        summary="Get health status",
        description="The single checks are shown to those signed in.",
        roles=EVERYBODY,
        view=health,
        response=ResponseSpec(text="Up.", kind=HealthResponse),
        other_responses=(ResponseSpec(text="Down.", status=503, kind=HealthResponse),),
    ),
    Route(
        method="GET",
        path=f"{PATH}/live",
        name="live",
        tag=TAG,
        summary="Ask whether the process answers",
        roles=EVERYBODY,
        view=live,
        response=ResponseSpec(text="It does.", kind=HealthResponse),
    ),
    Route(
        method="GET",
        path=f"{PATH}/ready",
        name="ready",
        tag=TAG,
        summary="Ask whether requests can be served",
        roles=EVERYBODY,
        view=ready,
        response=ResponseSpec(text="They can.", kind=HealthResponse),
        problems=(503,),
    ),
)
