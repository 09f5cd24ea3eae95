"""Fills "Where it is worst", and what it sets side by side, by a request of their own, so that the
rest of the page does not wait for them; they are read when the view changes, not every 15 s."""

import logging
from typing import Any
from uuid import uuid4

import dash
from dash import Input, Output, html, no_update

from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.core import ids, times, url_state
from dashboard.page.board import PARTS
from dashboard.widgets import failure, panel
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel

from . import beside
from .panel import PANEL, draw
from .url_state import OverviewTab

logger = logging.getLogger(__name__)
FRAME = "side-by-side-frame"
PROPERTIES = ("className", "children", "children", "children", "children", "data")


def layout() -> html.Div:
    """The frames of both panels; that of a comparison is absent while there is none."""
    return html.Div(
        [
            html.Div(panel.layout(beside.PANEL), id=FRAME, className="panel-full", hidden=True),
            panel.layout(PANEL),
        ],
        className="panels panels-below",
    )


def add_callbacks(app: dash.Dash, services: Services, tab: OverviewTab) -> None:
    """Fill the panels when the view changes."""
    outputs = [
        Output(ids.part(each.name, part), name)
        for each in (PANEL, beside.PANEL)
        for part, name in zip(PARTS, PROPERTIES, strict=True)
    ]

    @app.callback(*outputs, Output(FRAME, "hidden"), Input(ids.URL, "search"),
                  Input(ids.ZONE, "data"))  # fmt: skip
    def fill(search: str, zone: object) -> tuple[Any, ...]:
        view, now = tab.view(search), services.now()
        local = url_state.zone_for(view, zone)
        if view.range_fault:
            return _without(html.P("No range to read.", className="state-words"), "is-empty")
        try:
            worst = services.reports.where_worst(view.window(now, local), view.client_filters())
            compared = beside.draw(view, worst)
            drawn = _absent() if compared is None else (*_ready(beside.PANEL, compared), False)
            return *_ready(PANEL, draw(view, worst)), *drawn
        except DatabaseAway:
            error_id = ""
        except Exception:
            error_id = uuid4().hex[:8]
            logger.exception("Where it is worst could not be drawn (%s)", error_id)
        return _without(failure.panel_failure(error_id, times.clock(now, now, local)), "is-failed")


def _ready(spec: Panel, content: PanelContent) -> tuple[Any, ...]:
    if content.is_empty:
        state = html.P(content.empty_text, className="state-words")
        return _state(spec, state, "is-empty")
    table = {"columns": content.table.columns, "rows": content.table.rows}
    foot = [html.Span(text) for text in content.foot]
    css_class = f"panel {spec.css_class} is-ready"
    return css_class, content.unit, content.body, foot, None, table


def _without(state: Any, css_class: str) -> tuple[Any, ...]:
    """Neither panel has figures."""
    return *_state(PANEL, state, css_class), *_absent()


def _absent() -> tuple[Any, ...]:
    """Nothing is compared."""
    return *_state(beside.PANEL, None, "is-empty"), True


def _state(spec: Panel, state: Any, css_class: str) -> tuple[Any, ...]:
    return f"panel {spec.css_class} {css_class}", "", no_update, [], state, no_update
