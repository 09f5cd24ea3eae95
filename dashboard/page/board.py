"""A page of figures: its layout without data, and the one callback that fills it.

A board is data: its panels, and functions that read and render. One read serves all panels, so
they are consistent; when it fails the previous figures stay, dimmed. A range that cannot be read
is refused with words, and nothing is read.
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

from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.charts import annotations, load_test_bands, usual_range
from dashboard.core import ids, times, url_state
from dashboard.core.numbers import DASH
from dashboard.page import filter_bar
from dashboard.page.data import PageData
from dashboard.page.page import Tab
from dashboard.page.refusal import RefusedRange
from dashboard.widgets import card, failure, panel, states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.pieces import tag

logger = logging.getLogger(__name__)
PARTS = ("frame", "unit", "body", "foot", "state", "table")
CallbackOutputs = tuple[Any, ...]
DataT = TypeVar("DataT", bound=PageData[Any])


class EmptyState(Protocol):
    """The messages of a page without data."""

    def full_message(self) -> list[Component]:
        """The message of the first panel: what is missing, why, what to do."""

    def short_message(self) -> list[Component]:
        """The message of the other panels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Generic[DataT]):
    """A page. `labels` are those of the cards; `is_live` refreshes it through /ws/live;
    `above` stands over its panels and fills itself."""

    name: str
    title: str
    address: str
    tab: Tab
    labels: Sequence[str]
    panels: Sequence[tuple[panel.Panel, Callable[[DataT], PanelContent]]]
    read: Callable[[Services, url_state.View, object], DataT]
    sentence: Callable[[DataT], list[Component]]
    cards: Callable[[DataT], list[Component]]
    status: Callable[[DataT], list[Component]]
    empty_state: Callable[[DataT], EmptyState | None]
    is_live: bool = False
    above: Callable[[], Component] | None = None

    def layout(self) -> Component:
        """Frames, titles and skeletons, without data."""
        live = html_attributes({"data-live": "true"}) if self.is_live else {}
        strip = [card.skeleton(label) for label in self.labels]
        main = html.Main(
            [
                html.H1(self.title, className="visually-hidden"),
                html.Div(id=self._id("banner"), role="status"),
                html.Div(
                    id=self._id("sentence"),
                    className="reading",
                    **html_attributes({"aria-live": "polite"}),
                ),
                html.Div(strip, id=self._id("strip"), className=self._strip_class()),
                *([self.above()] if self.above else []),
                html.Div([panel.layout(spec) for spec, _ in self.panels], className="panels"),
                dcc.Store(id=self._id("viewed")),
                html.Button(
                    id=self._id("retry"),
                    n_clicks=0,
                    hidden=True,
                    **html_attributes({"data-retry": "true"}),
                ),
            ],
            className="page",
            **live,
        )
        return html.Div([filter_bar.row(self.name), main])

    def register(self, app: dash.Dash, services: Services) -> None:
        """Fill the page when its URL changes, on every tick and on a retry."""

        @app.callback(
            *self._outputs(),
            Input(ids.URL, "search"),
            Input(ids.ZONE, "data"),
            Input(ids.TICK, "data"),
            Input(self._id("retry"), "n_clicks"),
            State(self._id("viewed"), "data"),
        )
        def fill(
            search: str, zone: object, _tick: object, _retry: int, viewed: object
        ) -> CallbackOutputs:
            view = self.tab.view(search)
            if view.range_fault:
                return self._render_refusal(view, search)
            is_stale = viewed == search
            try:
                page_data = self.read(services, view, zone)
                return self._render(page_data, self.empty_state(page_data), search)
            except DatabaseAway:
                return self._render_failure(services.now(), zone, view, is_stale=is_stale)
            except Exception:
                error_id = uuid4().hex[:8]
                logger.exception("The page %s could not be drawn (%s)", self.title, error_id)
                return self._render_failure(
                    services.now(), zone, view, is_stale=is_stale, error_id=error_id
                )

    def _id(self, name: str) -> dict[str, Any]:
        return ids.of_board(self.name, name)

    def _strip_class(self, state: str = "") -> str:
        return f"strip strip-{len(self.labels)} {state}".strip()

    def _outputs(self) -> list[Output]:
        outputs = [
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
            outputs += [
                Output(ids.part(spec.name, "frame"), "className"),
                Output(ids.part(spec.name, "unit"), "children"),
                body,
                Output(ids.part(spec.name, "foot"), "children"),
                Output(ids.part(spec.name, "state"), "children"),
                Output(ids.part(spec.name, "table"), "data"),
            ]
            if spec.has_dynamic_title:
                outputs += [
                    Output(ids.part(spec.name, "title"), "children"),
                    Output(ids.part(spec.name, "legend"), "children"),
                ]
        return outputs

    def _render(
        self, page_data: DataT, empty_state: EmptyState | None, search: str
    ) -> CallbackOutputs:
        outputs: list[Any] = [
            None,
            self.sentence(page_data),
            self.cards(page_data),
            self._strip_class(),
            self.status(page_data),
            search,
        ]
        without_comparison = "" if page_data.has_before else " is-alone"
        for index, (spec, draw) in enumerate(self.panels):
            content = draw(page_data)
            state = None
            if empty_state is not None:
                state = empty_state.full_message() if index == 0 else empty_state.short_message()
            elif content.not_counted:
                state = states.message("funnel", "Not counted", content.not_counted)
            elif content.is_empty:
                state = [html.P(content.empty_text, className="state-words")]
            outputs += [
                f"panel {spec.css_class} {'is-empty' if state else 'is-ready'}{without_comparison}"
                f"{_usual_class(spec, content)}",
                content.unit,
                _body(spec, content, page_data),
                [] if state else [html.Span(text) for text in content.foot],
                state,
                {"columns": content.table.columns, "rows": content.table.rows},
            ]
            if spec.has_dynamic_title:
                title = spec.title if empty_state is not None else content.title or spec.title
                outputs += [title, content.legend]
        return tuple(outputs)

    def _render_refusal(self, view: url_state.View, search: str) -> CallbackOutputs:
        """Nothing but the reason why the range of the URL cannot be read."""
        refusal = RefusedRange(view)
        cards = [card.layout(Card(label=label, value=DASH)) for label in self.labels]
        outputs: list[Any] = [None, [], cards, self._strip_class(), None, search]
        for index, (spec, _) in enumerate(self.panels):
            state = refusal.short_message() if index else refusal.full_message()
            css_class = f"panel {spec.css_class} is-empty is-alone"
            outputs += [css_class, "", no_update, [], state, {"columns": [], "rows": []}]
            outputs += [spec.title, []] if spec.has_dynamic_title else []
        return tuple(outputs)

    def _render_failure(
        self,
        now: datetime,
        zone: object,
        view: url_state.View,
        *,
        is_stale: bool,
        error_id: str = "",
    ) -> CallbackOutputs:
        """Keeps previous figures, dimmed; without any, each panel shows the failure."""
        at = times.clock(now, now, url_state.zone_for(view, zone))
        outputs: list[Any] = [
            failure.banner(error_id),
            no_update if is_stale else None,
            no_update if is_stale else self._unread_cards(),
            self._strip_class("is-stale" if is_stale else "is-failed"),
            tag(f"not updating since {at}", "bad") if not is_stale else no_update,
            no_update if is_stale else None,
        ]
        for spec, _ in self.panels:
            css_class = f"panel {spec.css_class} {'is-stale' if is_stale else 'is-failed'}"
            unchanged = [no_update] * (len(PARTS) - 3)
            state = no_update if is_stale else failure.panel_failure(error_id, at)
            outputs += [css_class, *unchanged, state, no_update]
            outputs += [no_update] * (2 if spec.has_dynamic_title else 0)
        return tuple(outputs)

    def _unread_cards(self) -> list[Component]:
        return [
            card.layout(Card(label=label, value=DASH, note="could not be read"))
            for label in self.labels
        ]


def _usual_class(spec: panel.Panel, content: PanelContent) -> str:
    return " has-usual" if spec.has_chart and usual_range.is_drawn(content.body) else ""


def _body(spec: panel.Panel, content: PanelContent, page_data: PageData[Any]) -> Any:
    if not spec.has_chart:
        return content.body
    marked, window = annotations.with_event_marks(content.body, page_data.marks), page_data.window
    return {
        "figure": load_test_bands.with_bands(
            marked, page_data.load_tests, window.start, window.end
        ),
        "label": content.label,
    }
