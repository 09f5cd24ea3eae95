"""The client Overview: which panels, and how they are read."""

from datetime import datetime

from dash.development.base_component import Component

from analytics.reports.reports import Reports
from dashboard.core import url_state
from dashboard.core.numbers import count
from dashboard.page import freshness
from dashboard.page.page import Board
from dashboard.shell import addresses

from . import cards, drops, messages, outcomes, round_trip, sentence, shares
from .data import Reading
from .empty_state import Vacancy, vacancy


def _read(reports: Reports, asked: url_state.View, now: datetime, zone: object) -> Reading:
    window = asked.window(now)
    compared = asked.compared(window)
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=url_state.zone_for(asked, zone),
        events=reports.events(window, asked.filters.get("app")),
        answer=reports.summary(window, asked.asked()),
        before=reports.summary(compared, asked.asked()) if compared else None,
    )


def _vacancy(reports: Reports, reading: Reading) -> Vacancy | None:
    """Apps that do report in the range are the way out of an empty page."""
    others = [] if reading.answer.reports else reports.choices("app", reading.window)
    return vacancy(reading, others)


def _status(reading: Reading) -> list[Component]:
    words = freshness.words(reading, reading.answer.data_as_of)
    if reading.answer.lost_reports:
        words += f" · {count(reading.answer.lost_reports)} reports lost by browsers"
    route = "/api/ws/client-metrics/summary"
    return freshness.layout(words, route, reading.window, reading.view.asked().chosen())


BOARD: Board[Reading] = Board(
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
    vacancy=_vacancy,
)
