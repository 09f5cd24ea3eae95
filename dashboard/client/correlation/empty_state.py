"""The empty state of the page: no sessions in the range, and what to do."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.url_state import CorrelationView
from dashboard.core import addresses
from dashboard.core.numbers import plural
from dashboard.widgets import states
from dashboard.widgets.pieces import link


@dataclass(frozen=True, slots=True)
class CorrelationEmptyState:
    """A range without sessions."""

    view: CorrelationView

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        filters = self.view.client_filters().active()
        if filters:
            cleared = replace(self.view, filters={}).search()
            noun = plural(len(filters), "filter")
            return states.message(
                "funnel",
                f"No sessions match {'this' if len(filters) == 1 else 'these'} {noun}",
                "Correlations are made of the sessions that match.",
                [link("Clear all filters", cleared, "button button-primary")],
            )
        wider = replace(self.view, preset="30d", start=None, end=None).search()
        return states.message(
            "hourglass",
            "No reports in this range",
            "Correlations need two days of reports, and become sure with weeks of them: the "
            "monitor of a page measures its connections and what people meet together.",
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                link("Show 30 days", wider, "button"),
            ],
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No reports in this range.", className="state-words")]


def empty_state_of(page_data: CorrelationData) -> CorrelationEmptyState | None:
    """The empty state of the page, `None` where anything was measured."""
    result = page_data.correlations
    return None if result.sessions or result.reports else CorrelationEmptyState(page_data.view)
