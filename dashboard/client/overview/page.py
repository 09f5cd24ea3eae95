"""The client Overview: its panels and data source."""

import dash
from dash.development.base_component import Component

from analytics.services.services import Services
from dashboard.client.worst import callbacks as worst
from dashboard.client.worst.url_state import OverviewTab
from dashboard.core import addresses
from dashboard.core.numbers import count
from dashboard.page import automated, freshness
from dashboard.page.board import Board
from models.metrics.dimensions import DIMENSIONS

from . import (
    blind,
    cards,
    closes,
    data,
    drops,
    messages,
    outcomes,
    protocols,
    round_trip,
    sentence,
    shares,
)
from .data import OverviewData
from .empty_state import empty_state_of

TAB = OverviewTab(label="Overview", section="Client", dimensions=DIMENSIONS)


def _status(overview_data: OverviewData) -> list[Component]:
    label = freshness.status_label(overview_data, overview_data.current.data_as_of)
    if overview_data.current.lost_reports:
        label += f" · {count(overview_data.current.lost_reports)} reports lost by browsers"
    route = "/api/ws/client-metrics/summary"
    view, datasets = overview_data.view, ("sessions", "client-reports")
    filters = view.client_filters().active()
    return [
        *automated.note(view, overview_data.current.automated_sessions),
        *freshness.layout(overview_data, label, route, filters, datasets),
    ]


class OverviewBoard(Board[OverviewData]):
    """The panels of one read, and below them where it is worst, read by itself."""

    def layout(self) -> Component:
        """Frames, titles and skeletons, without data."""
        page = super().layout()
        page.children[1].children.append(worst.layout())
        return page

    def register(self, app: dash.Dash, services: Services) -> None:
        """Fill the page when its URL changes, on every tick and on a retry."""
        super().register(app, services)
        worst.add_callbacks(app, services, TAB)


PAGE: Board[OverviewData] = OverviewBoard(
    name="client-overview",
    title="Client overview",
    address=addresses.CLIENT,
    tab=TAB,
    labels=cards.LABELS,
    panels=(
        (drops.PANEL, drops.draw),
        (round_trip.PANEL, round_trip.draw),
        (outcomes.PANEL, outcomes.draw),
        (closes.PANEL, closes.draw),
        (messages.PANEL, messages.draw),
        (protocols.PANEL, protocols.draw),
        (shares.NETWORKS, shares.draw_networks),
        (blind.PANEL, blind.draw),
    ),
    read=data.read,
    sentence=sentence.layout,
    cards=cards.layout,
    status=_status,
    empty_state=empty_state_of,
)
