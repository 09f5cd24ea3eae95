"""The part of the description that concerns messages: who gets them and how they fare."""

from analytics.notifications.delivery.recipient_actions import Trial
from ingest.api.openapi.parts import (
    Document,
    answer,
    body,
    in_path,
    operation,
    parameter,
    problems,
    reference,
)
from ingest.payloads.recipient import RecipientChange, RecipientPayload
from models.alerts.recipients import Recipient

from .answers import DELIVERIES_PATH, RECIPIENTS_PATH, STATES, DeliveryList, RecipientList

TYPES = (
    DeliveryList,
    Recipient,
    RecipientChange,
    RecipientList,
    RecipientPayload,
    Trial,
)
TAG = "Recipients"
WHICH = in_path("recipient_id", "The recipient's `id`.", {"type": "string", "format": "uuid"})


def paths() -> Document:
    """The paths by address; all of them for admins."""
    one = f"{RECIPIENTS_PATH}/{{recipient_id}}"
    return {
        RECIPIENTS_PATH: {"get": _list(), "post": _add()},
        one: {"patch": _change(), "delete": _remove()},
        f"{one}/test": {"post": _test()},
        DELIVERIES_PATH: {"get": _deliveries()},
    }


def _list() -> Document:
    return operation(
        "recipients",
        TAG,
        "Get the recipients of messages",
        responses={
            "200": answer("Everybody.", "RecipientList"),
            **problems(401, 403, 422, 503),
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
            "201": answer("It gets messages from now on.", "Recipient"),
            **problems(400, 401, 403, 409, 413, 415, 422, 503),
        },
    )


def _change() -> Document:
    return operation(
        "change_recipient",
        TAG,
        "Pause a recipient, or change its name and wishes",
        parameters=[WHICH],
        requestBody=body(reference("RecipientChange")),
        responses={
            "200": answer("As it is now.", "Recipient"),
            **problems(400, 401, 403, 404, 413, 415, 422, 503),
        },
    )


def _remove() -> Document:
    return operation(
        "remove_recipient",
        TAG,
        "Remove a recipient and what waits for it",
        parameters=[WHICH],
        responses={
            "204": {"description": "It is gone."},
            **problems(401, 403, 404, 503),
        },
    )


def _test() -> Document:
    return operation(
        "test_recipient",
        TAG,
        "Send a test message",
        description="Waits for the mail server's or the receiver's answer, up to 40 s.",
        parameters=[WHICH],
        responses={
            "200": answer("What the other server said.", "Trial"),
            **problems(401, 403, 404, 503),
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
            "200": answer("The newest first.", "DeliveryList"),
            **problems(401, 403, 422, 503),
        },
    )
