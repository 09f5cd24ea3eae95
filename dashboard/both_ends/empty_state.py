"""The empty state of the page: how a connection gets an id, and who reads it."""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.core import addresses
from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .data import EndsData

TAG = '<script src="…/sdk/websocket-client-monitor.js" data-app="portal" data-correlate></script>'


@dataclass(frozen=True, slots=True)
class EndsEmptyState:
    """No connection of the range had an id that a server told of."""

    page_data: EndsData

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        app = self.page_data.view.filters.get("app")
        if app is not None:
            return states.message(
                "funnel",
                f"No connection of {app} was told of by both ends",
                "Other apps may have some in this range.",
                [link("Clear the app", self.page_data.selection.without_filter("app").search())],
            )
        return states.message(
            "broadcast",
            "No connection has an id yet",
            [
                "Pages give their sockets an id when they ask for it; the server's agent, and /ws "
                "here, read it and tell their end under the same app. Hours in which no server "
                "told an end are not counted.",
                states.snippet(TAG),
            ],
            [link("Set up", addresses.SETUP, "button button-primary")],
        )

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No connection to show.", className="state-words")]


def empty_state_of(page_data: EndsData) -> EndsEmptyState | None:
    """The empty state of the page, `None` where there is something to show."""
    if page_data.counts.connections or page_data.stories:
        return None
    return EndsEmptyState(page_data)
