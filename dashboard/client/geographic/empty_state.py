"""The empty state of the Geographic page: what is missing, why, and what to do."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.core import addresses
from dashboard.core.numbers import plural
from dashboard.widgets import states
from dashboard.widgets.pieces import link


@dataclass(frozen=True, slots=True)
class GeographicEmptyState:
    """A range without reports."""

    view: GeographicView

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        filters = self.view.client_filters().active()
        if filters:
            cleared = replace(self.view, filters={}).search()
            return states.message(
                "funnel",
                f"No sessions match {'this' if len(filters) == 1 else 'these'} "
                f"{plural(len(filters), 'filter')}",
                "The map draws the countries of the sessions that match.",
                [link("Clear all filters", cleared, "button button-primary")],
            )
        wider = replace(self.view, preset="30d", start=None, end=None).search()
        return states.message(
            "globe",
            "No reports in this range",
            "Countries come from the addresses of browsers that report. Setting up gives the line "
            "that a page needs for it.",
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                link("Show 30 days", wider, "button"),
            ],
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No reports in this range.", className="state-words")]


def empty_state_of(page_data: GeographicData) -> GeographicEmptyState | None:
    """The empty state of the page, `None` where there are reports."""
    reports = page_data.current.world.value("reports")
    return None if reports else GeographicEmptyState(page_data.view)
