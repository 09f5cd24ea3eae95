"""The empty state of the client Overview: what is missing, why, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.core import addresses
from dashboard.core.numbers import plural
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.pieces import link
from models.metrics.dimensions import CLIENT_FILTERS

from .data import OverviewData

SCRIPT = '<script src="/sdk/websocket-client-monitor.js" data-app="{app}"></script>'
SAFE_IN_MARKUP = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ")


@dataclass(frozen=True, slots=True)
class ClientEmptyState:
    """A range without reports. `apps` are those with reports in it under other filters."""

    view: View
    apps: Sequence[str]

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        filters = self.view.client_filters().active()
        if not self.apps or not filters:
            return self._no_reports()
        if set(filters) == {"app"}:
            return self._app_without_reports()
        return self._no_match(filters)

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No reports in this range.", className="state-words")]

    def _no_reports(self) -> list[Component]:
        wider = replace(self.view, preset="30d", start=None, end=None, filters={})
        return states.message(
            "broadcast",
            "No reports in this range",
            [
                "Browsers send their first report about 15 s after the page opens. Add this line "
                "to the page you want to watch.",
                states.snippet(_script(self.view.filters.get("app", "portal"))),
            ],
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                html.A("Open the demo page", href=addresses.href("/demo"), className="button"),
                link("Show 30 days", wider.search(), "button"),
            ],
        )

    def _app_without_reports(self) -> list[Component]:
        app = self.view.filters["app"]
        others = plural(len(self.apps), "other app reports", "other apps report")
        return states.message(
            "broadcast",
            f"No reports from {app} in this range",
            [
                "Browsers send their first report about 15 s after the page opens. Add this line "
                f"to the page, or widen the filter: {others} in this range.",
                states.snippet(_script(app)),
            ],
            [
                link("Set up", addresses.SETUP, "button button-primary"),
                link("Show all apps", self.view.without_filter("app").search(), "button"),
            ],
        )

    def _no_match(self, filters: Mapping[str, str]) -> list[Component]:
        last = next(name for name in reversed(list(CLIENT_FILTERS)) if name in filters)
        clear = f"Clear {CLIENT_FILTERS[last]} {filters[last]}"
        return states.message(
            "funnel",
            "No sessions match this filter"
            if len(filters) == 1
            else f"No sessions match these {len(filters)} filters",
            "There are reports in this range, but none with all of them.",
            [link(clear, self.view.without_filter(last).search(), "button button-primary")],
        )


def empty_state_of(overview_data: OverviewData) -> ClientEmptyState | None:
    """The empty state of the page, `None` where there are reports."""
    if overview_data.current.reports:
        return None
    return ClientEmptyState(overview_data.view, overview_data.apps)


def _script(app: str) -> str:
    named = app if set(app) <= SAFE_IN_MARKUP else "portal"
    return SCRIPT.format(app=named)
