"""The pages of anomalies, of browsers and of servers: what left its usual range, and why."""

from dataclasses import dataclass

import dash
from dash import Input, Output, html
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.client.anomalies import chart, controls, empty_state, incidents, reading
from dashboard.client.anomalies.core.data import AnomaliesData
from dashboard.client.anomalies.core.url_state import AnomaliesTab
from dashboard.client.anomalies.incident import explanation, feedback, parts, slice_chart
from dashboard.core import addresses, ids
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.page import freshness
from dashboard.page.board import Board
from models.metrics.dimensions import DIMENSIONS

ROUTE = "/api/ws/client-metrics/anomalies"
JUDGED = ("app", "country", "effective_type", "browser", "release")
ROWS = {"client": ("sessions", "client-reports"), "server": ("server-samples",)}


def status(page_data: AnomaliesData) -> list[Component]:
    """How far is judged, by what, and what is not judged."""
    listing, selected = page_data.page.listing, page_data.selected
    label = "nothing judged yet"
    if listing.judged_until is not None:
        label = freshness.status_label(page_data, listing.judged_until)
    if selected is not None and selected.fitted_at is not None:
        fitted = moment(selected.fitted_at, page_data.now, page_data.zone)
        label += f" · expected values fitted {fitted}"
    states = listing.states
    kinds = {"learning": states.learning, "without data": states.no_data, "frozen": states.frozen,
             "with too few": states.too_few}  # fmt: skip
    named = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
    label += f" · {plural(listing.series, 'series', 'series')}" + (f", {named}" if named else "")
    query = {**page_data.view.filters}
    query |= {"source": "server"} if page_data.view.source == "server" else {}
    return freshness.layout(page_data, label, ROUTE, query, ROWS[page_data.view.source])


def board_of(tab: AnomaliesTab, title: str, address: str) -> Board[AnomaliesData]:
    """The panels of a source."""
    source = tab.source
    return Board(
        name=f"{source}-anomalies",
        title=title,
        address=address,
        tab=tab,
        labels=(),
        panels=(
            (chart.panel(source), chart.draw),
            (incidents.panel(source), incidents.draw),
            (explanation.panel(source), explanation.draw),
            (slice_chart.panel(source), slice_chart.draw),
            (parts.parts_panel(source), parts.draw_parts),
            (parts.moved_panel(source), parts.draw_moved),
        ),
        read=reading.read,
        sentence=lambda _: [],
        cards=lambda _: [],
        status=status,
        empty_state=empty_state.empty_state_of,
    )


@dataclass(frozen=True, slots=True)
class AnomaliesPage:
    """A board with the menu of metrics beside its filters, and the dialog of feedback."""

    tab: AnomaliesTab
    title: str
    address: str

    @property
    def board(self) -> Board[AnomaliesData]:
        """Its panels and what fills them."""
        return board_of(self.tab, self.title, self.address)

    @property
    def controls_id(self) -> str:
        """The id of the container of the menu."""
        return f"{self.tab.source}-anomalies-controls"

    def layout(self) -> Component:
        """Frames, the container of the menu, and the closed dialog."""
        rows, main = self.board.layout().children
        bar = rows.children[0]
        bar.className = "filter-bar of-anomalies"
        bar.children.insert(1, html.Div(id=self.controls_id, className="filters"))
        return html.Div([rows, main, feedback.dialog(self.tab.source)])

    def register(self, app: dash.Dash, services: Services) -> None:
        """Fill the board; the menu depends on the URL alone and works without a database."""
        self.board.register(app, services)
        feedback.add_callbacks(app, services, self.tab.source)

        @app.callback(Output(self.controls_id, "children"), Input(ids.URL, "search"))
        def choice(query: str) -> list[Component]:
            return controls.layout(self.tab.view(query))


PAGE = AnomaliesPage(
    AnomaliesTab(
        label="Anomalies", section="Client", default_range="7d", is_compared=False,
        dimensions={name: DIMENSIONS[name] for name in JUDGED},
    ),
    "Anomalies",
    addresses.CLIENT_ANOMALIES,
)  # fmt: skip
SERVER_PAGE = AnomaliesPage(
    AnomaliesTab(
        label="Anomalies", section="Server", default_range="7d", is_compared=False,
        dimensions={"app": DIMENSIONS["app"]}, source="server",
    ),
    "Server anomalies",
    addresses.SERVER_ANOMALIES,
)  # fmt: skip
