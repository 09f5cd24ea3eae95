"""Compares the page's range with the baseline of its address, saves its range as one, and removes
one. What is compared is read when the view changes, not every 15 s."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import dash
from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component

from analytics.alerting.rules.rule import Source
from analytics.baselines.limits import BaselineFault, BaselineRequest
from analytics.baselines.reports import NoSuchBaseline
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.baselines import commands, menu, panel, states
from dashboard.core import ids, times, url_state
from dashboard.core.url_state import View
from dashboard.page.filter_bar import NO_BASELINES, BaselineEntries
from dashboard.page.page import Tab
from dashboard.widgets import failure
from models.metrics.dimensions import AUTOMATED

logger = logging.getLogger(__name__)
TabAt = Callable[[str | None], Tab]


def entries_of(services: Services, tab: Tab, view: View) -> BaselineEntries:
    """What the menu of comparisons has of baselines; none of pages without metrics."""
    source = menu.SOURCES.get(tab.section)
    if source is None or not tab.is_compared:
        return NO_BASELINES
    actor = services.viewer()
    try:
        baselines = services.baselines.reports.all().baselines
    except DatabaseAway:
        return NO_BASELINES
    return menu.entries(view, baselines, source, may_save=actor is not None and actor.is_admin)


def add_callbacks(app: dash.Dash, services: Services, tab_at: TabAt) -> None:
    """Fill the panel of the comparison, and run the form's command."""

    @app.callback(
        Output(ids.BASELINE, "children"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
    )
    def compare(pathname: str, search: str, zone: object) -> Component | None:
        tab = tab_at(pathname)
        view, source = tab.view(search), menu.SOURCES.get(tab.section)
        if source is None or not tab.is_compared or view.baseline is None or view.range_fault:
            return None
        local = url_state.zone_for(view, zone)
        try:
            return _compared(services, tab, view, source, local)
        except DatabaseAway:
            error_id = ""
        except Exception:
            error_id = uuid4().hex[:8]
            logger.exception("The baseline could not be compared with (%s)", error_id)
        now = services.now()
        return states.framed(failure.panel_failure(error_id, times.clock(now, now, local)))

    @app.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Output(menu.FAULT, "children"),
        Input(menu.SAVE, "n_clicks"),
        State(menu.NAME, "value"),
        State(menu.NOTE, "value"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: int, *state: Any) -> Any:
        name, note, pathname, search, zone = state
        tab = tab_at(pathname)
        view, source = tab.view(search), menu.SOURCES.get(tab.section)
        if not clicks or source is None or view.range_fault:
            return no_update, view.range_fault
        window = view.window(services.now(), url_state.zone_for(view, zone))
        request = BaselineRequest(
            name=_text(name), note=_text(note), source=source, window=window,
            filters=_filters(tab, view),
        )  # fmt: skip
        return commands.save(services, request, view)

    @app.callback(
        Output(ids.URL, "search", allow_duplicate=True),
        Output(states.FAULT, "children"),
        Input(states.REMOVE, "n_clicks"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def remove(clicks: int, pathname: str, search: str) -> Any:
        view = tab_at(pathname).view(search)
        return commands.remove(services, view) if clicks else (no_update, no_update)


def _compared(
    services: Services, tab: Tab, view: View, source: Source, zone: ZoneInfo
) -> Component:
    now, actor = services.now(), services.viewer()
    try:
        baseline = services.baselines.reports.baseline(view.baseline or 0)
        filters = _filters(tab, view)
        if baseline.source != source or filters != baseline.filters:
            return states.other_selection(view, baseline, filters, source)
        comparison = services.baselines.reports.comparison(baseline.id, view.window(now, zone))
    except NoSuchBaseline:
        return states.framed(states.not_there(view))
    except BaselineFault as fault:
        return states.framed([html.P(f"{fault.reason.capitalize()}.", className="state-words")])
    may_remove = actor is not None and actor.is_admin
    return panel.layout(comparison, now, zone, states.actions(may_remove=may_remove))


def _filters(tab: Tab, view: View) -> dict[str, str]:
    names = {*tab.dimensions, AUTOMATED}
    return {name: value for name, value in view.filters.items() if name in names}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
