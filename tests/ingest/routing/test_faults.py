"""Every exception of the domain has its status."""

import pytest

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import AlertEnded
from analytics.alerting.services.reports import NoSuchRecord, TooManyAlerts
from analytics.exports.exports import SpoolFull, TooManyExports
from analytics.permission.actor import InvalidChange, NotAllowed
from ingest import payloads
from ingest.http.problems import Problem
from ingest.routing import faults
from models.alerts.alert_rules import RuleNameTaken, RuleReferenced, TooManyRules
from models.alerts.recipients import AddressTaken
from models.alerts.silences import TooManySilences


@pytest.mark.parametrize(
    ("fault", "status", "field", "detail"),
    [
        (payloads.Fault("a.b", "must be text"), 422, "a.b", "must be text"),
        (RuleFault("fire", "is too large"), 422, "fire", "is too large"),
        (InvalidChange("It has no name."), 422, None, "It has no name."),
        (NoSuchRecord("There is no such alert."), 404, None, "There is no such alert."),
        (TooManyAlerts("Ask for less."), 422, None, "Ask for less."),
        (AlertEnded("It has ended."), 409, None, "It has ended."),
        (NotAllowed("Only an admin."), 403, None, "Only an admin."),
        (RuleNameTaken("Slow"), 409, "name", "Another rule is called Slow."),
        (RuleReferenced("B"), 409, None,
         "The rule B is inhibited by this one: change that first."),
        (TooManyRules(), 409, None, "There are as many as there may be: remove one first."),
        (TooManySilences(), 409, None, "There are as many as there may be: remove one first."),
        (AddressTaken(), 409, "address", "Another recipient has this address."),
        (TooManyExports("Two run"), 429, None, "Two run: wait for one of them, or ask for less."),
        (SpoolFull("no room"), 503, None, "Nothing can be exported now: no room."),
    ],
)  # fmt: skip
def test_an_exception_of_the_domain_becomes_a_problem(
    fault: Exception, status: int, field: str | None, detail: str
) -> None:
    with pytest.raises(Problem) as caught, faults.as_problems():
        raise fault
    assert (caught.value.status, caught.value.field, caught.value.detail) == (status, field, detail)
    assert (caught.value.retry_after is not None) is (status in (429, 503))


def test_an_exception_of_ours_is_not_disguised() -> None:
    with pytest.raises(ZeroDivisionError), faults.as_problems():
        raise ZeroDivisionError
