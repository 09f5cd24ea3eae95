"""`/api/ws/silences`; for admins only, reading included."""

from analytics.alerting.answers import SilenceListResponse, SilenceResponse
from analytics.alerting.services.actions import SilenceRequest
from analytics.services.services import Services
from ingest import payloads
from ingest.access.rules import ADMINS
from ingest.payloads.alerting import SilencePayload
from ingest.routing.bodies import object_body
from ingest.routing.route import ResponseSpec, Route, number_id
from ingest.routing.runner import actor_of

SILENCES = "/api/ws/silences"
SILENCE = f"{SILENCES}/{{silence_id}}"
TAG = "Silences"
SILENCE_ID = number_id("silence_id")
SILENCE_BODY = object_body(SilencePayload, payloads.read_silence)


def silences(services: Services) -> SilenceListResponse:
    """`GET /api/ws/silences`."""
    return services.alerts.reports.silences()


def silence(services: Services, silence_id: int) -> SilenceResponse:
    """`GET /api/ws/silences/{id}`."""
    return services.alerts.reports.silence(silence_id)


def add_silence(services: Services, payload: SilenceRequest) -> SilenceResponse:
    """`POST /api/ws/silences`."""
    return services.alerts.actions.add_silence(actor_of(services), payload)


def replace_silence(
    services: Services, silence_id: int, payload: SilenceRequest
) -> SilenceResponse:
    """`PUT /api/ws/silences/{id}`."""
    return services.alerts.actions.replace_silence(actor_of(services), silence_id, payload)


def remove_silence(services: Services, silence_id: int) -> None:
    """`DELETE /api/ws/silences/{id}`."""
    services.alerts.actions.remove_silence(actor_of(services), silence_id)


ROUTES = (
    Route(
        method="GET",
        path=SILENCES,
        name="silences",
        tag=TAG,
        summary="Get silences of now and of later",
        roles=ADMINS,
        view=silences,
        response=ResponseSpec(text="The silences.", kind=SilenceListResponse),
    ),
    Route(
        method="POST",
        path=SILENCES,
        name="add_silence",
        tag=TAG,
        summary="Silence alerts",
        description="The end of an alert that was told of before is told when the silence is over.",
        roles=ADMINS,
        body=SILENCE_BODY,
        view=add_silence,
        response=ResponseSpec(text="The silence.", status=201, kind=SilenceResponse),
        problems=(409,),
    ),
    Route(
        method="GET",
        path=SILENCE,
        name="silence",
        tag=TAG,
        summary="Get a silence",
        roles=ADMINS,
        ids=(SILENCE_ID,),
        view=silence,
        response=ResponseSpec(text="The silence.", kind=SilenceResponse),
    ),
    Route(
        method="PUT",
        path=SILENCE,
        name="replace_silence",
        tag=TAG,
        summary="Change a silence",
        roles=ADMINS,
        ids=(SILENCE_ID,),
        body=SILENCE_BODY,
        view=replace_silence,
        response=ResponseSpec(text="The silence.", kind=SilenceResponse),
        problems=(409,),
    ),
    Route(
        method="DELETE",
        path=SILENCE,
        name="remove_silence",
        tag=TAG,
        summary="End a silence",
        roles=ADMINS,
        ids=(SILENCE_ID,),
        view=remove_silence,
        response=ResponseSpec(text="It is gone.", status=204),
    ),
)
