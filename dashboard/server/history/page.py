"""History: any range, up to five series of servers and browsers, and what they were before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import dash
from dash import Input, Output, html
from dash.development.base_component import Component

from analytics.reports.history_reports import HistoryReports
from analytics.reports.reports import Reports
from dashboard.core import ids
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import chart, data, picker, summary
from .data import Reading
from .empty_state import vacancy


@dataclass(frozen=True, slots=True)
class Page:
    """The board of the charts, with the choice of series above it."""

    board: Board[Reading]

    @property
    def address(self) -> str:
        """Where the page is."""
        return self.board.address

    def layout(self) -> Component:
        """Frames, and the place of the choice."""
        filter_row, main = self.board.layout().children
        return html.Div([filter_row, html.Div(id=ids.PICKER, className="picker"), main])

    def register(self, app: dash.Dash, reports: Reports, now: Callable[[], datetime]) -> None:
        """Fill the board, and the choice from the address alone: it works without a store."""
        self.board.register(app, reports, now)

        @app.callback(Output(ids.PICKER, "children"), Input(ids.URL, "search"))
        def choice(search: str) -> list[Component | None]:
            return picker.layout(addresses.view_of(self.address, search))


def page(history: HistoryReports) -> Page:
    """The page over this reader."""
    slots = tuple((chart.slot(place), chart.drawer(place)) for place in chart.PLACES)
    return Page(
        Board(
            name="server-history",
            title="History",
            address=addresses.SERVER_HISTORY,
            labels=(),
            panels=(*slots, (summary.PANEL, summary.draw)),
            read=lambda reports, asked, now, zone: data.read(reports, history, asked, now, zone),
            sentence=lambda _: [],
            cards=lambda _: [],
            status=data.status,
            vacancy=vacancy,
        )
    )
