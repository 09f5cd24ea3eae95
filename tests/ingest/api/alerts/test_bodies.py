"""What the routes of alerts share: every error of the domain has its status, every id its limit."""

import pytest
from flask import Flask

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import AlertEnded
from analytics.alerting.services.reports import NoSuchRecord, TooManyAlerts
from analytics.permission.actor import SHELL, NotAllowed
from ingest import payloads
from ingest.api.alerts import bodies
from ingest.http.problems import BadRequest, Forbidden, NotFound, Problem, UnsupportedMediaType
from models.alerts.alert_rules import RuleNameTaken, RuleReferenced, TooManyRules
from models.alerts.silences import TooManySilences


@pytest.mark.parametrize(
    ("fault", "status", "field", "detail"),
    [
        (payloads.Fault("a.b", "must be text"), 422, "a.b", "must be text"),
        (RuleFault("fire", "is too large"), 422, "fire", "is too large"),
        (NoSuchRecord("There is no such alert."), 404, None, "There is no such alert."),
        (TooManyAlerts("Ask for less."), 422, None, "Ask for less."),
        (AlertEnded("It has ended."), 409, None, "It has ended."),
        (NotAllowed("Only an admin."), 403, None, "Only an admin."),
        (RuleNameTaken("Slow"), 409, "name", "Another rule is called Slow."),
        (RuleReferenced("B"), 409, None,
         "The rule B is inhibited by this one: change that first."),
        (TooManyRules(), 409, None, "There are as many as there may be: remove one first."),
        (TooManySilences(), 409, None, "There are as many as there may be: remove one first."),
    ],
)  # fmt: skip
def test_an_error_of_the_domain_becomes_a_problem(
    fault: Exception, status: int, field: str | None, detail: str
) -> None:
    with pytest.raises(Problem) as caught, bodies.errors_as_problems():
        raise fault
    assert (caught.value.status, caught.value.field, caught.value.detail) == (status, field, detail)


def test_an_error_of_ours_is_not_disguised() -> None:
    with pytest.raises(ZeroDivisionError), bodies.errors_as_problems():
        raise ZeroDivisionError


def test_an_id_that_is_too_large_does_not_exist() -> None:
    assert bodies.checked_id(bodies.LARGEST_ID) == bodies.LARGEST_ID
    with pytest.raises(NotFound):
        bodies.checked_id(bodies.LARGEST_ID + 1)


def test_nobody_may_act_without_signing_in() -> None:
    assert bodies.actor_of(lambda: SHELL) is SHELL
    with pytest.raises(Forbidden):
        bodies.actor_of(lambda: None)


@pytest.mark.parametrize(
    ("body", "content_type", "problem"),
    [
        (b"{}", "text/plain", UnsupportedMediaType),
        (b"{}", None, UnsupportedMediaType),
        (b"[]", "application/json", BadRequest),
        (b"{", "application/json", BadRequest),
        (b'{"a": 1, "a": 2}', "application/json", BadRequest),
        (b"", "application/json", BadRequest),
    ],
)
def test_what_is_no_json_object_is_refused(
    body: bytes, content_type: str | None, problem: type[Problem]
) -> None:
    app = Flask("posted")
    with (
        app.test_request_context(method="POST", data=body, content_type=content_type),
        pytest.raises(problem),
    ):
        bodies.posted_object()


def test_a_posted_object_is_read_in_any_charset_of_json() -> None:
    sent = '{"note": "é\U0001f600"}'.encode()
    with Flask("posted").test_request_context(
        method="POST", data=sent, content_type="application/json; charset=utf-8"
    ):
        assert bodies.posted_object() == {"note": "é\U0001f600"}


def test_a_response_is_not_cached() -> None:
    response = bodies.json_response({"a": None}, 201)
    assert (response.get_data(), response.status_code) == (b'{"a":null}', 201)
    assert response.headers["Cache-Control"] == "no-store"
