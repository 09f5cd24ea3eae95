"""The client Overview: layout without data, and the one callback that fills it."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import dash
from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from analytics.reports import DatabaseAway, Reports
from analytics.timerange import TimeRange
from dashboard import ids, times, view
from dashboard.shell import filter_bar
from dashboard.widgets import panel
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import tag

from . import cards, drops, messages, outcomes, round_trip, sentence, shares, status
from .drawn import Drawn
from .reading import Reading
from .vacancy import Vacancy, vacancy

logger = logging.getLogger(__name__)

STRIP = "overview-strip"
SENTENCE = "overview-sentence"
Draw = Callable[[Reading], Drawn]
PANELS: tuple[tuple[panel.Panel, Draw], ...] = (
    (drops.PANEL, drops.draw),
    (round_trip.PANEL, round_trip.draw),
    (outcomes.PANEL, outcomes.draw),
    (shares.CLOSES, shares.draw_closes),
    (messages.PANEL, messages.draw),
    (shares.NETWORKS, shares.draw_networks),
)
PARTS = ("frame", "unit", "body", "foot", "state", "table")
Answer = tuple[Any, ...]


def layout() -> Component:
    """Frames, titles and skeletons."""
    main = html.Main(
        [
            html.H1("Client overview", className="visually-hidden"),
            html.Div(id=ids.BANNER, role="status"),
            html.Div(id=SENTENCE, className="reading", **marked({"aria-live": "polite"})),
            html.Div(cards.skeleton(), id=STRIP, className="strip"),
            html.Div([panel.layout(spec) for spec, _ in PANELS], className="panels"),
            dcc.Store(id=ids.VIEWED),
            html.Button(id=ids.RETRY, n_clicks=0, hidden=True),
        ],
        className="page",
    )
    return html.Div([filter_bar.row(), main])


def register(app: dash.Dash, reports: Reports, now: Callable[[], datetime]) -> None:
    """Fill the page whenever its address, the clock or a second try asks for it."""

    @app.callback(
        *_outputs(),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
        Input(ids.TICK, "data"),
        Input(ids.RETRY, "n_clicks"),
        State(ids.VIEWED, "data"),
    )
    def fill(search: str, zone: object, _tick: object, _retry: int, viewed: object) -> Answer:
        asked = view.read(search)
        try:
            reading = _read(reports, asked, now(), zone)
            others = _other_apps(reports, reading) if not reading.summary.reports else []
            return _shown(reading, vacancy(reading, others), search)
        except DatabaseAway:
            return _failed(now(), zone, asked, is_stale=viewed == search)
        except Exception:
            mark = uuid4().hex[:8]
            logger.exception("The client overview could not be drawn (%s)", mark)
            return _failed(now(), zone, asked, is_stale=viewed == search, mark=mark)


def _outputs() -> list[Output]:
    found = [
        Output(ids.BANNER, "children"),
        Output(SENTENCE, "children"),
        Output(STRIP, "children"),
        Output(STRIP, "className"),
        Output(ids.STATUS, "children"),
        Output(ids.VIEWED, "data"),
    ]
    for spec, _ in PANELS:
        body = (
            Output(ids.drawing(spec.name), "data")
            if spec.has_chart
            else Output(ids.part(spec.name, "body"), "children")
        )
        found += [
            Output(ids.part(spec.name, "frame"), "className"),
            Output(ids.part(spec.name, "unit"), "children"),
            body,
            Output(ids.part(spec.name, "foot"), "children"),
            Output(ids.part(spec.name, "state"), "children"),
            Output(ids.part(spec.name, "table"), "data"),
        ]
    return found


def _read(reports: Reports, asked: view.View, now: datetime, zone: object) -> Reading:
    window = asked.window(now)
    compared = asked.compared(window)
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=view.zone_for(asked, zone),
        summary=reports.summary(window, asked.asked()),
        before=reports.summary(compared, asked.asked()) if compared else None,
    )


def _other_apps(reports: Reports, reading: Reading) -> list[str]:
    """The apps that do report in the range: the way out of an empty page."""
    window: TimeRange = reading.window
    return reports.choices("app", window)


def _shown(reading: Reading, empty: Vacancy | None, search: str) -> Answer:
    answer: list[Any] = [
        None,
        sentence.layout(reading),
        cards.layout(reading),
        "strip",
        status.layout(reading),
        search,
    ]
    alone = "" if reading.before else " is-alone"
    for place, (spec, draw) in enumerate(PANELS):
        drawn = draw(reading)
        state = None
        if empty is not None:
            state = empty.lead() if place == 0 else empty.brief()
        elif drawn.is_empty:
            state = [html.P(drawn.empty_words, className="state-words")]
        answer += [
            f"panel {spec.look} {'is-empty' if state else 'is-ready'}{alone}",
            drawn.unit,
            _body(spec, drawn),
            [] if state else [html.Span(text) for text in drawn.foot],
            state,
            {"columns": drawn.table.columns, "rows": drawn.table.rows},
        ]
    return tuple(answer)


def _body(spec: panel.Panel, drawn: Drawn) -> Any:
    return {"figure": drawn.body, "label": drawn.label} if spec.has_chart else drawn.body


def _failed(
    now: datetime, zone: object, asked: view.View, *, is_stale: bool, mark: str = ""
) -> Answer:
    """The old figures stay, dimmed; where there are none each panel says it could not be read."""
    at = times.clock(now, now, view.zone_for(asked, zone))
    answer: list[Any] = [
        status.banner(mark),
        no_update if is_stale else None,
        no_update if is_stale else cards.unread(),
        "strip is-stale" if is_stale else "strip is-failed",
        tag(f"not updating since {at}", "bad") if not is_stale else no_update,
        no_update if is_stale else None,
    ]
    for spec, _ in PANELS:
        look = f"panel {spec.look} {'is-stale' if is_stale else 'is-failed'}"
        kept = [no_update] * (len(PARTS) - 3)
        state = no_update if is_stale else status.unreadable(mark, at)
        answer += [look, *kept, state, no_update]
    return tuple(answer)
