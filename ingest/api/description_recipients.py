"""The part of the description that concerns messages: who gets them and how they fare."""

from analytics.recipient_actions import Trial
from ingest.payloads.recipient import RecipientChange, RecipientPayload
from models.recipients import Recipient

from .description_parts import READERS, Document, answer, parameter, problems, reference
from .recipient_answers import (
    DELIVERIES_PATH,
    RECIPIENTS_PATH,
    STATES,
    DeliveryList,
    RecipientList,
)

TYPES = (
    DeliveryList,
    Recipient,
    RecipientChange,
    RecipientList,
    RecipientPayload,
    Trial,
)
TAG = "Recipients"
WHICH: Document = {
    "name": "recipient_id",
    "in": "path",
    "required": True,
    "description": "The recipient's `id`.",
    "schema": {"type": "string", "format": "uuid"},
}


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
    return {
        **_named("recipients", "Get the recipients of messages"),
        "responses": {
            "200": answer("Everybody.", "RecipientList"),
            **problems(401, 403, 422, 503),
        },
    }


def _add() -> Document:
    return {
        **_named("add_recipient", "Add a recipient"),
        "description": "`email` or `webhook`. A webhook gets the JSON of Prometheus Alertmanager, "
        "version 4; private addresses are refused unless WEBHOOK_ALLOW_PRIVATE is set. The weekly "
        "digest goes to e-mail addresses alone.",
        "requestBody": _body("RecipientPayload"),
        "responses": {
            "201": answer("It gets messages from now on.", "Recipient"),
            **problems(400, 401, 403, 409, 413, 415, 422, 503),
        },
    }


def _change() -> Document:
    return {
        **_named("change_recipient", "Pause a recipient, or change its name and wishes"),
        "parameters": [WHICH],
        "requestBody": _body("RecipientChange"),
        "responses": {
            "200": answer("As it is now.", "Recipient"),
            **problems(400, 401, 403, 404, 413, 415, 422, 503),
        },
    }


def _remove() -> Document:
    return {
        **_named("remove_recipient", "Remove a recipient and what waits for it"),
        "parameters": [WHICH],
        "responses": {
            "204": {"description": "It is gone."},
            **problems(401, 403, 404, 503),
        },
    }


def _test() -> Document:
    return {
        **_named("test_recipient", "Send a test message"),
        "description": "Waits for the mail server's or the receiver's answer, up to 40 s.",
        "parameters": [WHICH],
        "responses": {
            "200": answer("What the other server said.", "Trial"),
            **problems(401, 403, 404, 503),
        },
    }


def _deliveries() -> Document:
    return {
        **_named("deliveries", "Get the latest messages and how they fare"),
        "description": "`answer` is the other server's last word. A message is tried again after "
        "1, 2, 4 and up to 60 minutes, and is dead after 24 hours.",
        "parameters": [parameter("state", "Messages in this state only.", {"enum": list(STATES)})],
        "responses": {
            "200": answer("The newest first.", "DeliveryList"),
            **problems(401, 403, 422, 503),
        },
    }


def _named(name: str, summary: str) -> Document:
    return {"operationId": name, "tags": [TAG], "summary": summary, "security": READERS}


def _body(name: str) -> Document:
    return {"required": True, "content": {"application/json": {"schema": reference(name)}}}
