"""A page of figures: its layout without data, and the one callback that fills it.

A board is data: which panels, how to read, what to say. Reading once serves all its panels, so
they cannot disagree; when reading fails the old figures stay, dimmed.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import uuid4

import dash
from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from analytics.reports.reports import DatabaseAway, Reports
from dashboard.charts import annotations
from dashboard.core import ids, times, url_state
from dashboard.core.numbers import DASH
from dashboard.page.data import Reading
from dashboard.shell import addresses, filter_bar
from dashboard.widgets import card, failure, panel
from dashboard.widgets.attributes import marked
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import Drawn
from dashboard.widgets.pieces import tag

logger = logging.getLogger(__name__)
PARTS = ("frame", "unit", "body", "foot", "state", "table")
Answer = tuple[Any, ...]
R = TypeVar("R", bound=Reading[Any])


class Vacant(Protocol):
    """What an empty page says."""

    def lead(self) -> list[Component]:
        """The message of the first panel."""

    def brief(self) -> list[Component]:
        """The message of the other panels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Generic[R]):
    """`labels` name the cards before there is an answer; `is_live` follows the live socket."""

    name: str
    title: str
    address: str
    labels: Sequence[str]
    panels: Sequence[tuple[panel.Panel, Callable[[R], Drawn]]]
    read: Callable[[Reports, url_state.View, datetime, object], R]
    sentence: Callable[[R], list[Component]]
    cards: Callable[[R], list[Component]]
    status: Callable[[R], list[Component]]
    vacancy: Callable[[Reports, R], Vacant | None]
    is_live: bool = False

    def layout(self) -> Component:
        """Frames, titles and skeletons."""
        live = marked({"data-live": "true"}) if self.is_live else {}
        strip = [card.skeleton(label) for label in self.labels]
        main = html.Main(
            [
                html.H1(self.title, className="visually-hidden"),
                html.Div(id=self._id("banner"), role="status"),
                html.Div(
                    id=self._id("sentence"), className="reading", **marked({"aria-live": "polite"})
                ),
                html.Div(strip, id=self._id("strip"), className=self._strip_look()),
                html.Div([panel.layout(spec) for spec, _ in self.panels], className="panels"),
                dcc.Store(id=self._id("viewed")),
                html.Button(
                    id=self._id("retry"), n_clicks=0, hidden=True, **marked({"data-retry": "true"})
                ),
            ],
            className="page",
            **live,
        )
        return html.Div([filter_bar.row(self.name), main])

    def register(self, app: dash.Dash, reports: Reports, now: Callable[[], datetime]) -> None:
        """Fill the page whenever its address, the clock or a second try asks for it."""

        @app.callback(
            *self._outputs(),
            Input(ids.URL, "search"),
            Input(ids.ZONE, "data"),
            Input(ids.TICK, "data"),
            Input(self._id("retry"), "n_clicks"),
            State(self._id("viewed"), "data"),
        )
        def fill(search: str, zone: object, _tick: object, _retry: int, viewed: object) -> Answer:
            asked = addresses.view_of(self.address, search)
            is_stale = viewed == search
            try:
                reading = self.read(reports, asked, now(), zone)
                return self._shown(reading, self.vacancy(reports, reading), search)
            except DatabaseAway:
                return self._failed(now(), zone, asked, is_stale=is_stale)
            except Exception:
                mark = uuid4().hex[:8]
                logger.exception("The page %s could not be drawn (%s)", self.title, mark)
                return self._failed(now(), zone, asked, is_stale=is_stale, mark=mark)

    def _id(self, name: str) -> dict[str, Any]:
        return ids.of_board(self.name, name)

    def _strip_look(self, state: str = "") -> str:
        return f"strip strip-{len(self.labels)} {state}".strip()

    def _outputs(self) -> list[Output]:
        found = [
            Output(self._id("banner"), "children"),
            Output(self._id("sentence"), "children"),
            Output(self._id("strip"), "children"),
            Output(self._id("strip"), "className"),
            Output(self._id("status"), "children"),
            Output(self._id("viewed"), "data"),
        ]
        for spec, _ in self.panels:
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
            if spec.is_named_late:
                found += [
                    Output(ids.part(spec.name, "title"), "children"),
                    Output(ids.part(spec.name, "legend"), "children"),
                ]
        return found

    def _shown(self, reading: R, empty: Vacant | None, search: str) -> Answer:
        answer: list[Any] = [
            None,
            self.sentence(reading),
            self.cards(reading),
            self._strip_look(),
            self.status(reading),
            search,
        ]
        alone = "" if reading.has_before else " is-alone"
        for place, (spec, draw) in enumerate(self.panels):
            drawn = draw(reading)
            state = None
            if empty is not None:
                state = empty.lead() if place == 0 else empty.brief()
            elif drawn.is_empty:
                state = [html.P(drawn.empty_words, className="state-words")]
            answer += [
                f"panel {spec.look} {'is-empty' if state else 'is-ready'}{alone}",
                drawn.unit,
                _body(spec, drawn, reading),
                [] if state else [html.Span(text) for text in drawn.foot],
                state,
                {"columns": drawn.table.columns, "rows": drawn.table.rows},
            ]
            if spec.is_named_late:
                title = spec.title if empty is not None else drawn.title or spec.title
                answer += [title, drawn.legend]
        return tuple(answer)

    def _failed(
        self, now: datetime, zone: object, asked: url_state.View, *, is_stale: bool, mark: str = ""
    ) -> Answer:
        """The old figures stay, dimmed; where there are none each panel says it was not read."""
        at = times.clock(now, now, url_state.zone_for(asked, zone))
        answer: list[Any] = [
            failure.banner(mark),
            no_update if is_stale else None,
            no_update if is_stale else self._unread(),
            self._strip_look("is-stale" if is_stale else "is-failed"),
            tag(f"not updating since {at}", "bad") if not is_stale else no_update,
            no_update if is_stale else None,
        ]
        for spec, _ in self.panels:
            look = f"panel {spec.look} {'is-stale' if is_stale else 'is-failed'}"
            kept = [no_update] * (len(PARTS) - 3)
            state = no_update if is_stale else failure.unreadable(mark, at)
            answer += [look, *kept, state, no_update]
            answer += [no_update] * (2 if spec.is_named_late else 0)
        return tuple(answer)

    def _unread(self) -> list[Component]:
        return [
            card.layout(Card(label=label, value=DASH, note="could not be read"))
            for label in self.labels
        ]


def _body(spec: panel.Panel, drawn: Drawn, reading: Reading[Any]) -> Any:
    if not spec.has_chart:
        return drawn.body
    return {"figure": annotations.marked(drawn.body, reading.marks), "label": drawn.label}
