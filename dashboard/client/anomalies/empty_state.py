"""The empty state of a page of anomalies: nothing is judged yet, and when that begins."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.client.anomalies.core.data import AnomaliesData
from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.core import addresses
from dashboard.widgets import states
from dashboard.widgets.pieces import link


@dataclass(frozen=True, slots=True)
class AnomaliesEmptyState:
    """A source, or an app of it, of which no series is judged."""

    view: AnomaliesView

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        app = self.view.filters.get("app")
        if app is not None:
            cleared = replace(self.view, filters={}).search()
            return states.message(
                "funnel",
                f"Nothing of app {app} is judged",
                "An app is judged from the first night after its first data on.",
                [link("Show all apps", cleared, "button button-primary")],
            )
        is_client = self.view.source == "client"
        noun = "reports" if is_client else "samples"
        address = addresses.CLIENT if is_client else addresses.SERVER
        return states.message(
            "hourglass",
            "Nothing is judged yet",
            f"What is usual is learnt from {noun}: a usual range follows after 24 hours of them, "
            "the seasons of a week after 14 days.",
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                link("Open the overview", address, "button"),
            ],
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("Nothing is judged yet.", className="state-words")]


def empty_state_of(page_data: AnomaliesData) -> AnomaliesEmptyState | None:
    """The empty state of the page, `None` where anything is judged or was."""
    page = page_data.page
    if page.series or page.listing.incidents or page.incident:
        return None
    return AnomaliesEmptyState(page_data.view)
