"""What the routes of alerts share: the posted object, the number in an address, the refusals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from flask import Response, request

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import Over
from analytics.alerting.services.reports import NoSuch, TooMany
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
from models.alerts.alert_rules import RuleNamed, RuleNameTaken, TooManyRules
from models.alerts.silences import TooManySilences

LARGEST_NUMBER = 2**53 - 1  # what every JSON reader can hold


def posted_object() -> dict[str, Any]:
    """The object that was sent. Raises `Problem`."""
    if request_body.media_type(request.environ) != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        return payloads.one(request_body.body(request.environ))
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None


def number(given: int) -> int:
    """A number in an address that can be one. Raises `NotFound`."""
    if given > LARGEST_NUMBER:
        raise NotFound("There is nothing with this number.")
    return given


def actor_of(viewer: Callable[[], Actor | None]) -> Actor:
    """Who asks. Raises `Forbidden` for nobody."""
    actor = viewer()
    if actor is None:
        raise Forbidden("Nobody is signed in.")
    return actor


def json_answer(answer: Any, status: int = 200) -> Response:
    """The answer as JSON that nobody keeps."""
    response = Response(msgspec.json.encode(answer), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@contextmanager
def refusals() -> Iterator[None]:
    """What is refused inside becomes a problem document."""
    try:
        yield
    except (payloads.Fault, RuleFault) as fault:
        raise Unprocessable(fault.reason, field=fault.field) from None
    except (NoSuch, TooMany, Over, NotAllowed) as fault:
        raise _problem(fault) from None
    except RuleNameTaken as fault:
        raise Conflict(f"Another rule is called {fault}.", field="name") from None
    except RuleNamed as fault:
        raise Conflict(f"The rule {fault} is inhibited by this one: change that first.") from None
    except (TooManyRules, TooManySilences):
        raise Conflict("There are as many as there may be: remove one first.") from None


def _problem(fault: Exception) -> Problem:
    kinds: dict[type[Exception], type[Problem]] = {
        NoSuch: NotFound, TooMany: Unprocessable, Over: Conflict, NotAllowed: Forbidden,
    }  # fmt: skip
    return kinds[type(fault)](str(fault))
