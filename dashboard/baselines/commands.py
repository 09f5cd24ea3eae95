"""Saves the range of a page as a baseline, and removes one: the new address, or what is wrong."""

from typing import Any

from dash import no_update

from analytics.baselines.actions import (
    BaselineNameTaken,
    BaselineWatched,
    TooManyBaselines,
)
from analytics.baselines.limits import BaselineFault, BaselineRequest
from analytics.baselines.reports import NoSuchBaseline
from analytics.permission.actor import NotAllowed
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.baselines import states
from dashboard.core.url_state import View

MESSAGES: dict[type[Exception], str] = {
    BaselineNameTaken: "Another baseline has this name.",
    TooManyBaselines: "There are as many baselines as there may be: remove one first.",
    DatabaseAway: "The database does not answer. Try again.",
}
FAULTS: tuple[type[Exception], ...] = (BaselineFault, BaselineWatched, NotAllowed, *MESSAGES)
Outcome = tuple[Any, str]  # the search of the new address, or `no_update`; what is wrong


def save(services: Services, request: BaselineRequest, view: View) -> Outcome:
    """Saves `request`; the view is then compared with it."""
    actor = services.viewer()
    if actor is None:
        return no_update, states.SIGNED_OUT
    try:
        baseline = services.baselines.actions.add(actor, request)
    except FAULTS as fault:
        return no_update, _message(fault)
    return view.with_baseline(baseline.id).search(), ""


def remove(services: Services, view: View) -> Outcome:
    """Removes the baseline that the view is compared with; it may be removed already."""
    actor = services.viewer()
    if actor is None or view.baseline is None:
        return no_update, states.SIGNED_OUT
    try:
        services.baselines.actions.remove(actor, view.baseline)
    except NoSuchBaseline:
        pass
    except FAULTS as fault:
        return no_update, _message(fault)
    return states.without_baseline(view).search(), ""


def _message(fault: Exception) -> str:
    if isinstance(fault, BaselineFault):
        return f"{fault.field.capitalize()}: {fault.reason}."
    if isinstance(fault, BaselineWatched):
        return f"The rule {fault} compares with it: change that first."
    return MESSAGES.get(type(fault), str(fault))
