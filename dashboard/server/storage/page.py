"""Storage & jobs: which panels, and how they are read."""

from dash import html
from dash.development.base_component import Component

from analytics.operations.storage_report import StorageReport
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import cards, data, days, exports, flow, sentence, tables
from .data import Reading


def board(report: StorageReport) -> Board[Reading]:
    """The page of figures; `report` reads them."""
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
            (tables.KEPT, tables.draw_kept),
        ),
        read=lambda _, asked, now, zone: data.read(report, asked, now, zone),
        sentence=sentence.layout,
        cards=cards.layout,
        status=data.status,
        vacancy=lambda *_: None,
    )


def layout(figures: Board[Reading]) -> Component:
    """The figures, and the exports under them."""
    page = figures.layout()
    main = page.children[-1]
    main.children.append(html.Div(exports.layout(), className="panels panels-below"))
    return page
