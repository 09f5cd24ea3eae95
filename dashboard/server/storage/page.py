"""Storage & jobs: its panels and data source."""

from dash import html
from dash.development.base_component import Component

from analytics.operations.storage_report import StorageReport
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import cards, data, days, exports, flow, sentence, tables
from .data import StorageData


def board(report: StorageReport) -> Board[StorageData]:
    """The board that reads from `report`."""
    return Board(
        name="server-storage",
        title="Storage and jobs",
        address=addresses.SERVER_STORAGE,
        labels=cards.LABELS,
        panels=(
            (days.PANEL, days.draw),
            (tables.SIZES, tables.draw_sizes),
            (flow.FLOW, flow.draw_flow),
            (flow.REASONS, flow.draw_reasons),
            (tables.JOBS, tables.draw_jobs),
            (tables.RETENTION, tables.draw_retention),
        ),
        read=lambda _, view, now, zone: data.read(report, view, now, zone),
        sentence=sentence.layout,
        cards=cards.layout,
        status=data.status,
        empty_state=lambda *_: None,
    )


def layout(figures: Board[StorageData]) -> Component:
    """The board, and the exports below it."""
    page = figures.layout()
    main = page.children[-1]
    main.children.append(html.Div(exports.layout(), className="panels panels-below"))
    return page
