"""What a server page says when nothing was measured in the range: why, and what next."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from analytics.reports.reports import Reports
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .data import Reading

LINES = 'monitor(sock, "https://metrics.example/", token="…")  # from ingest.instrument'


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An empty range."""

    view: View
    has_others: bool

    def lead(self) -> list[Component]:
        """The message of the first panel."""
        return self._filtered_away() if self.has_others else self._nothing_at_all()

    def brief(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("No sockets in this range.", className="state-words")]

    def _filtered_away(self) -> list[Component]:
        named = " and ".join(f"{name} {value}" for name, value in self.view.filters.items())
        return states.message(
            "funnel",
            "No sockets match the filter",
            f"Others were measured in this range, but none of {named}.",
            [link("Show all", replace(self.view, filters={}).search(), "button button-primary")],
        )

    def _nothing_at_all(self) -> list[Component]:
        wider = replace(self.view, preset="24h", start=None, end=None, filters={})
        return states.message(
            "server",
            "No sockets in this range",
            [
                "Connections to /ws and /ws/echo show up here within five seconds. A flask-sock "
                "application of your own is measured with two lines.",
                states.snippet(LINES),
            ],
            [
                html.A("Open the demo page", href="/demo", className="button button-primary"),
                link("Show 24 hours", wider.search(), "button"),
            ],
        )


def vacancy(_reports: Reports, reading: Reading) -> Vacancy | None:
    """The state of the whole page, `None` where there is something to show."""
    is_open_now = not reading.view.is_fixed and reading.answer.connections.active
    if reading.answer.series or is_open_now:
        return None
    return Vacancy(reading.view, bool(reading.answer.sources))
