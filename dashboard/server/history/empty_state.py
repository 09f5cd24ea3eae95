"""The empty state of the History page: why there is nothing to draw, and what to do."""

from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from dashboard.core import addresses
from dashboard.core.url_state import FILTER_LABELS, View
from dashboard.widgets import states
from dashboard.widgets.pieces import link

from .data import DEFAULT_SERIES, HistoryData, selected_series

STARTS = (
    ("Connections and latency", DEFAULT_SERIES),
    ("Server latency", ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms")),
    ("Browser connections", ("client_connect_success", "client_drops", "client_stability")),
)


@dataclass(frozen=True, slots=True)
class HistoryEmptyState:
    """No series selected, or none with a value; `not_counted`: why none was counted."""

    view: View
    not_counted: str = ""

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""
        if not selected_series(self.view):
            return self._no_series_selected()
        if self.not_counted:
            return self._not_counted()
        return self._no_match() if self.view.filters else self._no_values()

    def short_message(self) -> list[Component]:
        """The message of the other panels."""
        return [html.P("Nothing to show.", className="state-words")]

    def _no_series_selected(self) -> list[Component]:
        actions = [
            link(
                label,
                replace(self.view, series=names).search(),
                "button" if index else "button button-primary",
            )
            for index, (label, names) in enumerate(STARTS)
        ]
        label = "Add up to five above, or start with one of these."
        return states.message("plus", "No series selected", label, actions)

    def _not_counted(self) -> list[Component]:
        clear = replace(self.view, filters={}).search()
        actions = [link("Clear filters", clear, "button button-primary")]
        return states.message("funnel", "Not counted", self.not_counted, actions)

    def _no_match(self) -> list[Component]:
        named = " and ".join(
            f"{FILTER_LABELS[name].lower()} {value_name(name, value)}"
            for name, value in self.view.filters.items()
        )
        clear = replace(self.view, filters={}).search()
        return states.message(
            "funnel",
            "Nothing matches the filter",
            f"None of these series has a value of {named} in this range.",
            [link("Show all", clear, "button button-primary")],
        )

    def _no_values(self) -> list[Component]:
        wider = replace(self.view, preset="30d", start=None, end=None)
        return states.message(
            "hourglass",
            "Nothing was measured in this range",
            "None of these series has a value here. Data is retained for "
            "WEBSOCKET_METRICS_RETENTION_DAYS days.",
            [
                link("Show 30 days", wider.search(), "button button-primary"),
                link("Set up", addresses.SETUP, "button"),
            ],
        )


def empty_state_of(history_data: HistoryData) -> HistoryEmptyState | None:
    """The empty state of the page, `None` where there is something to show."""
    if any(drawn.points for drawn in history_data.history.series.values()):
        return None
    reasons = history_data.history.not_counted.values()
    return HistoryEmptyState(history_data.view, next(map(str, reasons), ""))
