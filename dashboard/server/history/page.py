"""History: any range, up to five series of servers and browsers, compared with before."""

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
from .data import HistoryData
from .empty_state import empty_state_of


@dataclass(frozen=True, slots=True)
class Page:
    """The board of the charts, with the series picker above it."""

    board: Board[HistoryData]

    @property
    def address(self) -> str:
        """The path of the page."""
        return self.board.address

    def layout(self) -> Component:
        """Frames, and the container of the picker."""
        filter_row, main = self.board.layout().children
        return html.Div([filter_row, html.Div(id=ids.PICKER, className="picker"), main])

    def register(self, app: dash.Dash, reports: Reports, now: Callable[[], datetime]) -> None:
        """Fill the board; the picker depends on the URL alone and works without a database."""
        self.board.register(app, reports, now)

        @app.callback(Output(ids.PICKER, "children"), Input(ids.URL, "search"))
        def choice(search: str) -> list[Component | None]:
            return picker.layout(addresses.view_of(self.address, search))


def page(history: HistoryReports) -> Page:
    """The page that reads from `history`."""
    slots = tuple((chart.slot(index), chart.renderer(index)) for index in chart.SLOTS)
    return Page(
        Board(
            name="server-history",
            title="History",
            address=addresses.SERVER_HISTORY,
            labels=(),
            panels=(*slots, (summary.PANEL, summary.draw)),
            read=lambda reports, view, now, zone: data.read(reports, history, view, now, zone),
            sentence=lambda _: [],
            cards=lambda _: [],
            status=data.status,
            empty_state=empty_state_of,
        )
    )
