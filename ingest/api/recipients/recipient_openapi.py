"""OpenAPI of recipients and deliveries."""

from analytics.notifications.delivery.recipient_actions import Trial
from analytics.notifications.delivery.recipient_reports import STATES
from ingest.api.openapi.parts import (
    Document,
    body,
    operation,
    parameter,
    path_parameter,
    problem_responses,
    reference,
    response,
)
from ingest.payloads.recipient import RecipientChange, RecipientPayload
from models.alerts.recipients import Recipient

from .answers import DELIVERIES_PATH, RECIPIENTS_PATH, DeliveryList, RecipientList

TYPES = (
    DeliveryList,
    Recipient,
    RecipientChange,
    RecipientList,
    RecipientPayload,
    Trial,
)
TAG = "Recipients"
RECIPIENT_ID = path_parameter(
    "recipient_id", "The recipient's `id`.", {"type": "string", "format": "uuid"}
)


def paths() -> Document:
    """The paths by address; all of them for admins."""
    recipient_path = f"{RECIPIENTS_PATH}/{{recipient_id}}"
    return {
        RECIPIENTS_PATH: {"get": _list(), "post": _add()},
        recipient_path: {"patch": _change(), "delete": _remove()},
        f"{recipient_path}/test": {"post": _test()},
        DELIVERIES_PATH: {"get": _deliveries()},
    }


def _list() -> Document:
    return operation(
        "recipients",
        TAG,
        "Get the recipients of messages",
        responses={
            "200": response("Everybody.", "RecipientList"),
            **problem_responses(401, 403, 422, 503),
        },
    )


def _add() -> Document:
    return operation(
        "add_recipient",
        TAG,
        "Add a recipient",
        description="`email` or `webhook`. A webhook gets the JSON of Prometheus Alertmanager, "
        "version 4; private addresses are refused unless WEBHOOK_ALLOW_PRIVATE is set. The weekly "
        "digest goes to e-mail addresses alone.",
        requestBody=body(reference("RecipientPayload")),
        responses={
            "201": response("It gets messages from now on.", "Recipient"),
            **problem_responses(400, 401, 403, 409, 413, 415, 422, 503),
        },
    )


def _change() -> Document:
    return operation(
        "change_recipient",
        TAG,
        "Pause a recipient, or change its name and wishes",
        parameters=[RECIPIENT_ID],
        requestBody=body(reference("RecipientChange")),
        responses={
            "200": response("As it is now.", "Recipient"),
            **problem_responses(400, 401, 403, 404, 413, 415, 422, 503),
        },
    )


def _remove() -> Document:
    return operation(
        "remove_recipient",
        TAG,
        "Remove a recipient and what waits for it",
        parameters=[RECIPIENT_ID],
        responses={
            "204": {"description": "It is gone."},
            **problem_responses(401, 403, 404, 503),
        },
    )


def _test() -> Document:
    return operation(
        "test_recipient",
        TAG,
        "Send a test message",
        description="Waits for the mail server's or the receiver's answer, up to 40 s.",
        parameters=[RECIPIENT_ID],
        responses={
            "200": response("What the other server said.", "Trial"),
            **problem_responses(401, 403, 404, 503),
        },
    )


def _deliveries() -> Document:
    return operation(
        "deliveries",
        TAG,
        "Get the latest messages and how they fare",
        description="`answer` is the other server's last word. A message is tried again after "
        "1, 2, 4 and up to 60 minutes, and is dead after 24 hours.",
        parameters=[parameter("state", "Messages in this state only.", {"enum": list(STATES)})],
        responses={
            "200": response("The newest first.", "DeliveryList"),
            **problem_responses(401, 403, 422, 503),
        },
    )
