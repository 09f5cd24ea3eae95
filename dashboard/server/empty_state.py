"""The empty state of a server page: why nothing was measured, and what to do."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.core import addresses
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .data import ServerData

AGENT_SNIPPET = 'app = Monitor(app, "https://metrics.example/", token="…", service="chat")'


@dataclass(frozen=True, slots=True)
class ServerEmptyState:
    """A range without samples. `has_unfiltered`: other apps or services have some."""

    view: View
    has_unfiltered: bool

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        return self._no_match() if self.has_unfiltered else self._no_samples()

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No sockets in this range.", className="state-words")]

    def _no_match(self) -> list[Component]:
        named = " and ".join(f"{name} {value}" for name, value in self.view.filters.items())
        return states.message(
            "funnel",
            "No sockets match the filter",
            f"Others were measured in this range, but none of {named}.",
            [link("Show all", replace(self.view, filters={}).search(), "button button-primary")],
        )

    def _no_samples(self) -> list[Component]:
        wider = replace(self.view, preset="24h", start=None, end=None, filters={})
        return states.message(
            "server",
            "No sockets in this range",
            [
                "Connections to /ws and /ws/echo show up here within five seconds. A Python server "
                "of your own is measured with two lines; docs/servers.md has them for each kind.",
                states.snippet(AGENT_SNIPPET),
            ],
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                html.A("Open the demo page", href=addresses.href("/demo"), className="button"),
                link("Show 24 hours", wider.search(), "button"),
            ],
        )


def empty_state_of(server_data: ServerData) -> ServerEmptyState | None:
    """The empty state of the page, `None` where there is something to show."""
    is_open_now = not server_data.view.is_fixed and server_data.current.connections.active
    if server_data.current.series or is_open_now:
        return None
    return ServerEmptyState(server_data.view, bool(server_data.current.sources))
