"""The panel without a comparison: why, and what to do; and what admins may do with a baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from analytics.alerting.rules.rule import Source
from analytics.baselines.answers import BaselineResponse
from dashboard.baselines import wording
from dashboard.core import addresses
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, link, menu

REMOVE, FAULT = "baseline-remove", "baseline-remove-fault"
SIGNED_OUT = "You were signed out. Sign in to return to this view."
PAGES: Mapping[Source, str] = {"client": addresses.CLIENT, "server": addresses.SERVER}
OBSERVED: Mapping[Source, str] = {"client": "browsers", "server": "servers"}


def framed(children: Sequence[Component]) -> Component:
    """A panel with a message alone."""
    return html.Section(
        html.Div(list(children), className="panel-state"),
        className="panel panel-full panel-natural is-empty",
        **html_attributes({"aria-label": "Comparison with a baseline"}),
    )


def not_there(view: View) -> list[Component]:
    """The message about a baseline that was removed."""
    off = link("Compare with the previous period", without_baseline(view).search(), "button")
    text = "It was removed, or the address is not complete."
    return states.message("compare", "There is no such baseline", text, [off])


def other_selection(
    view: View, baseline: BaselineResponse, filters: Mapping[str, str], source: Source
) -> Component:
    """The message about a baseline of another selection than that of the page."""
    target = replace(view, filters=dict(baseline.filters)).search()
    of_page = f"{OBSERVED[source]}, {wording.filters_text(filters)}"
    of_baseline = f"{_observed(baseline)}, {wording.filters_text(baseline.filters)}"
    text = (
        f"The baseline {baseline.name} is of {of_baseline}; this page is of {of_page}. "
        "Only the same people or servers can be compared."
    )
    address = PAGES["server" if baseline.source == "server" else "client"]
    href = target if baseline.source == source else f"{address}{target}"
    actions = [
        link("Show what the baseline is of", href, "button button-primary"),
        link("Do not compare", replace(view, compare="off").search(), "button"),
    ]
    return framed(states.message("compare", "A baseline of another selection", text, actions))


def actions(*, may_remove: bool) -> list[Component]:
    """What admins may do."""
    if not may_remove:
        return []
    confirmation = [
        html.P("Its figures are removed for good.", className="state-words"),
        html.Div(id=FAULT, className="field-fault", role="alert"),
        button("Remove the baseline", REMOVE, **html_attributes({"data-stays": "true"})),
    ]
    return [menu("Remove", confirmation, "menu-baseline")]


def without_baseline(view: View) -> View:
    """The view compared with the previous period."""
    return replace(view, compare="previous")


def _observed(baseline: BaselineResponse) -> str:
    return OBSERVED["server" if baseline.source == "server" else "client"]
