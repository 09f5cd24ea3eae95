"""Fills "Where it is worst" by a request of its own, so that the rest of the page does not wait for
it; it is read when the view changes, not every 15 s."""

import logging
from typing import Any
from uuid import uuid4

import dash
from dash import Input, Output, html, no_update

from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.core import ids, times, url_state
from dashboard.page.board import PARTS
from dashboard.page.page import Tab
from dashboard.widgets import failure, panel
from dashboard.widgets.drawn import PanelContent

from .panel import PANEL, draw

logger = logging.getLogger(__name__)
PROPERTIES = ("className", "children", "children", "children", "children", "data")


def layout() -> html.Div:
    """The frame of the panel."""
    return html.Div(panel.layout(PANEL), className="panels panels-below")


def add_callbacks(app: dash.Dash, services: Services, tab: Tab) -> None:
    """Fill the panel when the view changes."""
    outputs = [
        Output(ids.part(PANEL.name, part), name)
        for part, name in zip(PARTS, PROPERTIES, strict=True)
    ]

    @app.callback(*outputs, Input(ids.URL, "search"), Input(ids.ZONE, "data"))
    def fill(search: str, zone: object) -> tuple[Any, ...]:
        view, now = tab.view(search), services.now()
        local = url_state.zone_for(view, zone)
        if view.range_fault:
            return _without(html.P("No range to read.", className="state-words"), "is-empty")
        try:
            worst = services.reports.where_worst(view.window(now, local), view.client_filters())
            return _ready(draw(view, worst))
        except DatabaseAway:
            error_id = ""
        except Exception:
            error_id = uuid4().hex[:8]
            logger.exception("Where it is worst could not be drawn (%s)", error_id)
        return _without(failure.panel_failure(error_id, times.clock(now, now, local)), "is-failed")


def _ready(content: PanelContent) -> tuple[Any, ...]:
    if content.is_empty:
        return _without(html.P(content.empty_text, className="state-words"), "is-empty")
    table = {"columns": content.table.columns, "rows": content.table.rows}
    foot = [html.Span(text) for text in content.foot]
    css_class = f"panel {PANEL.css_class} is-ready"
    return css_class, content.unit, content.body, foot, None, table


def _without(state: Any, css_class: str) -> tuple[Any, ...]:
    return f"panel {PANEL.css_class} {css_class}", "", no_update, [], state, no_update
