"""The routes of recipients and deliveries; for admins only, reading included."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, request

from analytics.notifications.delivery.recipient_actions import (
    AddressTaken,
    NoSuchRecipient,
    RecipientActions,
    TooManyRecipients,
)
from analytics.notifications.delivery.recipient_reports import STATES
from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from ingest import payloads
from ingest.http import parameters, request_body
from ingest.http.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    Unauthorized,
    Unprocessable,
    UnsupportedMediaType,
)
from ingest.payloads.recipient import Payload, RecipientChange, RecipientPayload, read_recipient

from .answers import DELIVERIES_PATH, RECIPIENTS_PATH, DeliveryList, RecipientList


class RecipientViews:
    """The views."""

    def __init__(self, actions: RecipientActions, viewer: Callable[[], Actor | None]) -> None:
        self._actions = actions
        self._viewer = viewer

    def recipients(self) -> Response:
        """`GET /api/ws/recipients`."""
        parameters.reject_unknown(request.args, ())
        return _json(RecipientList(self._actions.all(self._actor())))

    def add(self) -> Response:
        """`POST /api/ws/recipients`."""
        payload = _read(RecipientPayload)
        options = {
            name: getattr(payload, name) for name in ("wants_resolved", "wants_digest", "paused")
        }
        try:
            recipient = self._actions.add(
                self._actor(), payload.kind, payload.address, payload.name, **options
            )
        except InvalidChange as fault:
            raise Unprocessable(str(fault)) from None
        except AddressTaken:
            raise Conflict("Another recipient has this address.", field="address") from None
        except TooManyRecipients:
            raise Conflict("There are as many recipients as there may be.") from None
        return _json(recipient, 201)

    def change(self, recipient_id: str) -> Response:
        """`PATCH /api/ws/recipients/{recipient_id}`."""
        changes = msgspec.to_builtins(_read(RecipientChange))
        try:
            recipient = self._actions.change(self._actor(), _id(recipient_id), changes)
        except InvalidChange as fault:
            raise Unprocessable(str(fault)) from None
        except NoSuchRecipient:
            raise _no_such_recipient() from None
        return _json(recipient)

    def remove(self, recipient_id: str) -> Response:
        """`DELETE /api/ws/recipients/{recipient_id}`."""
        try:
            self._actions.remove(self._actor(), _id(recipient_id))
        except NoSuchRecipient:
            raise _no_such_recipient() from None
        return Response(status=204)

    def test(self, recipient_id: str) -> Response:
        """`POST /api/ws/recipients/{recipient_id}/test`: waits for the other server's response."""
        try:
            return _json(self._actions.test(self._actor(), _id(recipient_id)))
        except NoSuchRecipient:
            raise _no_such_recipient() from None

    def deliveries(self) -> Response:
        """`GET /api/ws/deliveries`."""
        parameters.reject_unknown(request.args, ("state",))
        state = parameters.text_of(request.args, "state")
        if "state" in request.args and state not in STATES:
            raise Unprocessable(f"Ask for {', '.join(STATES)}.", field="state")
        return _json(DeliveryList(self._actions.deliveries(self._actor(), state)))

    def _actor(self) -> Actor:
        actor = self._viewer()
        if actor is None:
            raise Unauthorized("Sign in, or send a token as Authorization: Bearer.")
        return actor


def register(app: Flask, actions: RecipientActions, viewer: Callable[[], Actor | None]) -> None:
    """Add the routes to `app`."""
    views = RecipientViews(actions, viewer)
    recipient_path = f"{RECIPIENTS_PATH}/<recipient_id>"
    for method, path, view in (
        ("GET", RECIPIENTS_PATH, views.recipients),
        ("POST", RECIPIENTS_PATH, views.add),
        ("PATCH", recipient_path, views.change),
        ("DELETE", recipient_path, views.remove),
        ("POST", f"{recipient_path}/test", views.test),
        ("GET", DELIVERIES_PATH, views.deliveries),
    ):
        app.add_url_rule(path, f"recipients_{view.__name__}", view, methods=[method])
    app.register_error_handler(NotAllowed, _not_allowed)


def _not_allowed(fault: NotAllowed) -> Response:
    return Forbidden(str(fault)).response()


def _read(kind: type[Payload]) -> Payload:
    """The object in the body. Raises `Problem`."""
    environ = request.environ
    if request_body.media_type(environ) != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        items = payloads.items(request_body.body(environ), "recipients")
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None
    if len(items) != 1:
        raise BadRequest("Send one recipient at a time.")
    try:
        return read_recipient(items[0], kind)
    except payloads.Fault as fault:
        raise Unprocessable(fault.reason, field=fault.field) from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _no_such_recipient() from None


def _no_such_recipient() -> NotFound:
    return NotFound("There is no such recipient.")


def _json(payload: Any, status: int = 200) -> Response:
    response = Response(msgspec.json.encode(payload), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
