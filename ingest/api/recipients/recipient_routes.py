"""`/api/ws/recipients` and `/api/ws/deliveries`; for admins only, reading included: they hold
addresses."""

from analytics.notifications.delivery.recipient_actions import Recipient, Trial
from analytics.notifications.delivery.recipient_reports import STATES
from ingest.access.rules import ADMINS
from ingest.payloads.recipient import (
    Payload,
    RecipientChange,
    RecipientPayload,
    read_recipient,
)
from ingest.routing.bodies import JSON, posted_item, reference
from ingest.routing.inputs import option
from ingest.routing.route import Body, ResponseSpec, Route, uuid_id

from . import recipient_views as views
from .recipient_views import DeliveryList, RecipientList

RECIPIENTS_PATH = "/api/ws/recipients"
DELIVERIES_PATH = "/api/ws/deliveries"
TAG = "Recipients"
RECIPIENT_ID = uuid_id("recipient_id", "The recipient's `id`.")
RECIPIENT_PATH = f"{RECIPIENTS_PATH}/{{recipient_id}}"


def _body(kind: type[Payload]) -> Body:
    return Body(
        kinds=(kind,),
        content={JSON: reference(kind)},
        read=lambda: read_recipient(posted_item("recipients"), kind),
    )


ROUTES = (
    Route(
        method="GET",
        path=RECIPIENTS_PATH,
        name="recipients",
        tag=TAG,
        summary="Get the recipients of messages",
        roles=ADMINS,
        view=views.recipients,
        response=ResponseSpec(text="Everybody.", kind=RecipientList),
    ),
    Route(
        method="POST",
        path=RECIPIENTS_PATH,
        name="add_recipient",
        tag=TAG,
        summary="Add a recipient",
        description="`email` or `webhook`. A webhook gets the JSON of Prometheus Alertmanager, "
        "version 4; private addresses are refused unless WEBHOOK_ALLOW_PRIVATE is set. The weekly "
        "digest goes to e-mail addresses alone.",
        roles=ADMINS,
        body=_body(RecipientPayload),
        view=views.add_recipient,
        response=ResponseSpec(text="It gets messages from now on.", status=201, kind=Recipient),
        problems=(409,),
    ),
    Route(
        method="PATCH",
        path=RECIPIENT_PATH,
        name="change_recipient",
        tag=TAG,
        summary="Pause a recipient, or change its name and wishes",
        roles=ADMINS,
        ids=(RECIPIENT_ID,),
        body=_body(RecipientChange),
        view=views.change_recipient,
        response=ResponseSpec(text="As it is now.", kind=Recipient),
    ),
    Route(
        method="DELETE",
        path=RECIPIENT_PATH,
        name="remove_recipient",
        tag=TAG,
        summary="Remove a recipient and what waits for it",
        roles=ADMINS,
        ids=(RECIPIENT_ID,),
        view=views.remove_recipient,
        response=ResponseSpec(text="It is gone.", status=204),
    ),
    Route(
        method="POST",
        path=f"{RECIPIENT_PATH}/test",
        name="test_recipient",
        tag=TAG,
        summary="Send a test message",
        description="Waits for the mail server's or the receiver's answer, up to 40 s.",
        roles=ADMINS,
        ids=(RECIPIENT_ID,),
        view=views.send_test,
        response=ResponseSpec(text="What the other server said.", kind=Trial),
    ),
    Route(
        method="GET",
        path=DELIVERIES_PATH,
        name="deliveries",
        tag=TAG,
        summary="Get the latest messages and how they fare",
        description="`answer` is the other server's last word. A message is tried again after "
        "1, 2, 4 and up to 60 minutes, and is dead after 24 hours.",
        roles=ADMINS,
        inputs=(option("state", "Messages in this state only.", STATES),),
        view=views.deliveries,
        response=ResponseSpec(text="The newest first.", kind=DeliveryList),
    ),
)
