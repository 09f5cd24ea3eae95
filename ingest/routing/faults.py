"""The domain's exceptions as problem documents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import AlertEnded
from analytics.alerting.services.reports import NoSuchRecord, TooManyAlerts
from analytics.anomalies.feedback import NoSuchIncident
from analytics.baselines.limits import BaselineFault
from analytics.baselines.reports import NoSuchBaseline
from analytics.connection_tests.service import NoSuchTest, NotTestable, TooManyTests
from analytics.exports.exports import SpoolFull, TooManyExports
from analytics.load_tests.runs import LoadTestConflict, NoSuchLoadTest
from analytics.notifications.delivery.recipient_actions import (
    AddressTaken,
    NoSuchRecipient,
    TooManyRecipients,
)
from analytics.permission.actor import InvalidChange, NotAllowed
from analytics.probes.targets import NoSuchTarget
from analytics.wall.links import NoSuchWallLink
from ingest import payloads
from ingest.http.problems import (
    Conflict,
    Forbidden,
    NotFound,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unprocessable,
)
from models.alerts.alert_rules import RuleNameTaken, RuleReferenced, TooManyRules
from models.alerts.silences import TooManySilences
from models.baselines.baselines import BaselineNameTaken, BaselineWatched, TooManyBaselines
from models.people.wall_links import TooManyWallLinks

RETRY_SECONDS = 30
FULL = "There are as many as there may be: remove one first."
PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    payloads.Fault: lambda fault: Unprocessable(fault.reason, field=fault.field),
    RuleFault: lambda fault: Unprocessable(fault.reason, field=fault.field),
    BaselineFault: lambda fault: Unprocessable(fault.reason, field=fault.field),
    InvalidChange: lambda fault: Unprocessable(str(fault)),
    TooManyAlerts: lambda fault: Unprocessable(str(fault)),
    NotAllowed: lambda fault: Forbidden(str(fault)),
    **dict.fromkeys(
        (
            NoSuchRecord,
            NoSuchIncident,
            NoSuchBaseline,
            NoSuchLoadTest,
            NoSuchTest,
            NoSuchWallLink,
        ),
        lambda fault: NotFound(str(fault)),
    ),
    LoadTestConflict: lambda fault: Conflict(str(fault)),
    NoSuchRecipient: lambda _: NotFound("There is no such recipient."),
    AlertEnded: lambda fault: Conflict(str(fault)),
    RuleNameTaken: lambda name: Conflict(f"Another rule is called {name}.", field="name"),
    RuleReferenced: lambda rule: Conflict(
        f"The rule {rule} is inhibited by this one: change that first."
    ),
    TooManyRules: lambda _: Conflict(FULL),
    TooManySilences: lambda _: Conflict(FULL),
    BaselineNameTaken: lambda name: Conflict(f"Another baseline is called {name}.", field="name"),
    BaselineWatched: lambda rule: Conflict(
        f"The rule {rule} compares with this baseline: change that first."
    ),
    TooManyBaselines: lambda _: Conflict(FULL),
    TooManyWallLinks: lambda _: Conflict(FULL),
    AddressTaken: lambda _: Conflict("Another recipient has this address.", field="address"),
    TooManyRecipients: lambda _: Conflict("There are as many recipients as there may be."),
    NoSuchTarget: lambda fault: Unprocessable(str(fault), field="target"),
    NotTestable: lambda fault: Unprocessable(str(fault), field="kind"),
    TooManyTests: lambda fault: TooManyRequests(str(fault), retry_after=RETRY_SECONDS),
    TooManyExports: lambda fault: TooManyRequests(
        f"{fault}: wait for one of them, or ask for less.", retry_after=RETRY_SECONDS
    ),
    SpoolFull: lambda fault: ServiceUnavailable(
        f"Nothing can be exported now: {fault}.", retry_after=RETRY_SECONDS
    ),
}


@contextmanager
def as_problems() -> Iterator[None]:
    """Turn the domain's exceptions into `Problem`s."""
    try:
        yield
    except tuple(PROBLEMS) as fault:
        raise PROBLEMS[type(fault)](fault) from None
