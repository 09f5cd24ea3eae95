"""`/api/ws/sessions`: erasing one of them."""

from uuid import UUID

from analytics.operations.session_erasure import SessionErasure
from analytics.services.services import Services
from ingest.access.rules import ADMINS
from ingest.routing.route import ResponseSpec, Route, uuid_id
from ingest.routing.runner import actor_of

SESSION_ID = uuid_id("session_id", "The id that the monitor gave the session.")


def erase(services: Services, session_id: UUID) -> SessionErasure:
    """`DELETE /api/ws/sessions/{id}`."""
    return services.erasing.erase(actor_of(services), session_id)


ROUTES = (
    Route(
        method="DELETE",
        path="/api/ws/sessions/{session_id}",
        name="erase_session",
        tag="Sessions",
        summary="Erase a session",
        description="Every row that names the session: reports, also those set aside or at fault, "
        "its summary, prepared exports of reports and sessions, and, within the hour, its rows in "
        "files of the archive. Sums of rollups stay: they name no session. What its browser sends "
        "later is stored again. Sent again it finds nothing, which is no fault.",
        roles=ADMINS,
        ids=(SESSION_ID,),
        view=erase,
        response=ResponseSpec(text="What was erased.", kind=SessionErasure),
    ),
)
