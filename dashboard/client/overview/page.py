"""The client Overview: its panels and data source."""

from datetime import datetime

from dash.development.base_component import Component

from analytics.reports.reports import Reports
from dashboard.core import url_state
from dashboard.core.numbers import count
from dashboard.page import freshness
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import cards, drops, messages, outcomes, round_trip, sentence, shares
from .data import OverviewData
from .empty_state import ClientEmptyState, empty_state_of


def _read(reports: Reports, view: url_state.View, now: datetime, zone: object) -> OverviewData:
    window = view.window(now)
    compared_range = view.compared_range(window)
    return OverviewData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        events=reports.events(window, view.filters.get("app")),
        current=reports.summary(window, view.client_filters()),
        before=reports.summary(compared_range, view.client_filters()) if compared_range else None,
    )


def _empty_state(reports: Reports, overview_data: OverviewData) -> ClientEmptyState | None:
    """The empty state names the apps with reports in the range."""
    others = [] if overview_data.current.reports else reports.choices("app", overview_data.window)
    return empty_state_of(overview_data, others)


def _status(overview_data: OverviewData) -> list[Component]:
    label = freshness.status_label(overview_data, overview_data.current.data_as_of)
    if overview_data.current.lost_reports:
        label += f" · {count(overview_data.current.lost_reports)} reports lost by browsers"
    route = "/api/ws/client-metrics/summary"
    return freshness.layout(
        label, route, overview_data.window, overview_data.view.client_filters().active()
    )


BOARD: Board[OverviewData] = Board(
    name="client-overview",
    title="Client overview",
    address=addresses.CLIENT,
    labels=cards.LABELS,
    panels=(
        (drops.PANEL, drops.draw),
        (round_trip.PANEL, round_trip.draw),
        (outcomes.PANEL, outcomes.draw),
        (shares.CLOSES, shares.draw_closes),
        (messages.PANEL, messages.draw),
        (shares.NETWORKS, shares.draw_networks),
    ),
    read=_read,
    sentence=sentence.layout,
    cards=cards.layout,
    status=_status,
    empty_state=_empty_state,
)
