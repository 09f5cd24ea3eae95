"""What the History page says when it has nothing to draw: why, and what next."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from analytics.reports.reports import Reports
from dashboard.core.url_state import View
from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .data import USUAL_SERIES, Reading, chosen

STARTS = (
    ("Connections and latency", USUAL_SERIES),
    ("Latency of servers", ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms")),
    ("What browsers meet", ("client_connect_success", "client_drops", "client_stability")),
)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Nothing chosen, or nothing measured."""

    view: View

    def lead(self) -> list[Component]:
        """The message of the first panel."""
        if not chosen(self.view):
            return self._nothing_chosen()
        return self._filtered_away() if self.view.filters else self._nothing_measured()

    def brief(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("Nothing to show.", className="state-words")]

    def _nothing_chosen(self) -> list[Component]:
        actions = [
            link(
                words,
                replace(self.view, series=names).search(),
                "button" if place else "button button-primary",
            )
            for place, (words, names) in enumerate(STARTS)
        ]
        words = "Add up to five above, or begin with one of these."
        return states.message("plus", "No series is chosen", words, actions)

    def _filtered_away(self) -> list[Component]:
        named = " and ".join(f"{name} {value}" for name, value in self.view.filters.items())
        clear = replace(self.view, filters={}).search()
        return states.message(
            "funnel",
            "Nothing matches the filter",
            f"None of these series has a value of {named} in this range.",
            [link("Show all", clear, "button button-primary")],
        )

    def _nothing_measured(self) -> list[Component]:
        wider = replace(self.view, preset="30d", start=None, end=None)
        return states.message(
            "hourglass",
            "Nothing was measured in this range",
            "None of these series has a value here. Data is kept for as long as "
            "WEBSOCKET_METRICS_RETENTION_DAYS says.",
            [link("Show 30 days", wider.search(), "button button-primary")],
        )


def vacancy(_reports: Reports, reading: Reading) -> Vacancy | None:
    """The state of the whole page, `None` where there is something to show."""
    if any(drawn.points for drawn in reading.history.drawn.values()):
        return None
    return Vacancy(reading.view)
