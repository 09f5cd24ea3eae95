"""What the routes of alerts share: JSON bodies, ids in paths, errors as problem documents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from flask import Response, request

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import AlertEnded
from analytics.alerting.services.reports import NoSuchRecord, TooManyAlerts
from analytics.permission.actor import Actor, NotAllowed
from ingest import payloads
from ingest.http import request_body
from ingest.http.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    Problem,
    Unprocessable,
    UnsupportedMediaType,
)
from models.alerts.alert_rules import RuleNameTaken, RuleReferenced, TooManyRules
from models.alerts.silences import TooManySilences

LARGEST_ID = 2**53 - 1  # the largest integer every JSON reader represents exactly


def posted_object() -> dict[str, Any]:
    """The JSON object in the body. Raises `Problem`."""
    if request_body.media_type(request.environ) != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        return payloads.json_object(request_body.body(request.environ))
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None


def checked_id(value: int) -> int:
    """An id from the path. Raises `NotFound` when it is too large to exist."""
    if value > LARGEST_ID:
        raise NotFound("There is nothing with this number.")
    return value


def actor_of(viewer: Callable[[], Actor | None]) -> Actor:
    """The current actor. Raises `Forbidden` without one."""
    actor = viewer()
    if actor is None:
        raise Forbidden("Nobody is signed in.")
    return actor


def json_response(payload: Any, status: int = 200) -> Response:
    """`payload` as JSON, not to be cached."""
    response = Response(msgspec.json.encode(payload), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@contextmanager
def errors_as_problems() -> Iterator[None]:
    """Turn the domain's exceptions into `Problem`s."""
    try:
        yield
    except (payloads.Fault, RuleFault) as fault:
        raise Unprocessable(fault.reason, field=fault.field) from None
    except (NoSuchRecord, TooManyAlerts, AlertEnded, NotAllowed) as fault:
        raise _problem(fault) from None
    except RuleNameTaken as fault:
        raise Conflict(f"Another rule is called {fault}.", field="name") from None
    except RuleReferenced as fault:
        raise Conflict(f"The rule {fault} is inhibited by this one: change that first.") from None
    except (TooManyRules, TooManySilences):
        raise Conflict("There are as many as there may be: remove one first.") from None


def _problem(fault: Exception) -> Problem:
    kinds: dict[type[Exception], type[Problem]] = {
        NoSuchRecord: NotFound, TooManyAlerts: Unprocessable,
        AlertEnded: Conflict, NotAllowed: Forbidden,
    }  # fmt: skip
    return kinds[type(fault)](str(fault))
