"""The panel of exports: start one with the page's range and filters, watch and download it."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.exports.datasets import DATASETS
from analytics.exports.exports import (
    DatabaseAway,
    Exports,
    SpoolFull,
    TooManyExports,
    request_for,
)
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from dashboard.core import addresses, ids, url_state
from dashboard.core.numbers import plural
from dashboard.page import downloads
from dashboard.page.downloads import Download
from dashboard.server.data import tab
from dashboard.server.storage import exports_list
from dashboard.server.storage.exports_list import notice
from dashboard.widgets.attributes import html_attributes

TAB = tab("Storage & jobs")
LIST, NOTICE, TIMER = "exports-list", "exports-notice", "exports-timer"
WATCH_MS = 1500
ExportOutputs = tuple[Any, Any, Any, Any]


def layout() -> Component:
    """The datasets; a callback fills the list."""
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Exports", className="panel-title"),
                    html.Span("CSV, with the range and filters of this page",
                              className="panel-unit"),
                ],
                className="panel-head",
            ),
            html.Div(list(map(exports_list.offer, DATASETS.values())), className="offers"),
            html.Div(id=NOTICE, className="exports-notice", role="status"),
            html.Div(id=LIST),
            dcc.Interval(id=TIMER, interval=WATCH_MS, disabled=True),
            dcc.Store(id=ids.EXPORT_FETCH),
        ],
        className="panel panel-natural panel-full",
        **html_attributes({"data-panel": "exports", "data-title": "Exports"}),
    )  # fmt: skip


def register(app: dash.Dash, services: Services) -> None:
    """Start and remove exports; poll while one is being prepared."""
    exports = services.exports

    @app.callback(
        Output(LIST, "children"),
        Output(NOTICE, "children"),
        Output(ids.EXPORT_FETCH, "data"),
        Output(TIMER, "disabled"),
        Input({"type": "export-begin", "dataset": ALL, "times": ALL}, "n_clicks"),
        Input({"type": "export-remove", "export": ALL}, "n_clicks"),
        Input(TIMER, "n_intervals"),
        Input(ids.ZONE, "data"),
        State(ids.URL, "search"),
    )
    def show(
        _begun: list[int], _removed: list[int], _count: int, zone: object, search: str
    ) -> ExportOutputs:
        actor = services.viewer()
        if actor is None:
            return no_update, no_update, no_update, True
        view = TAB.view(search)
        local = url_state.zone_for(view, zone)
        try:
            message, fetch = _perform(exports, actor, view, services.now(), local)
            visible_exports = exports.list_for(actor)
        except DatabaseAway:
            text = "The database does not answer. No export was started."
            return no_update, notice(text, is_fault=True), no_update, True
        listed = exports_list.table(visible_exports, actor, services.now(), local)
        return listed, message, fetch, not any(export.is_open for export in visible_exports)


def _perform(
    exports: Exports, actor: Actor, view: url_state.View, now: datetime, zone: ZoneInfo
) -> tuple[Any, Any]:
    """Handle the clicked button: (notice, URL of the file to download)."""
    button_id = ctx.triggered_id
    if not isinstance(button_id, dict) or not ctx.triggered[0]["value"]:
        return no_update, no_update
    if button_id["type"] == "export-remove":
        exports.remove(actor, UUID(button_id["export"]))
        return None, no_update
    if view.range_fault:
        return notice(f"Not started: {view.range_fault}", is_fault=True), no_update
    wall_times = zone if button_id["times"] == exports_list.LOCAL else None
    rows = downloads.rows_of(button_id["dataset"], view.filters)
    return _begin(exports, actor, rows, view.window(now, zone), wall_times)


def _begin(
    exports: Exports, actor: Actor, rows: Download, window: TimeRange, zone: ZoneInfo | None
) -> tuple[Any, Any]:
    """Download or enqueue the rows, with times of `zone` or in ISO 8601."""
    dataset = DATASETS[rows.dataset]
    request = request_for(dataset, window, rows.query)
    try:
        counted = exports.count(dataset, request)
        if not counted.is_large:
            text = f"{dataset.title}: {plural(counted.rows, 'row')}, the download starts."
            return notice(text), addresses.href(downloads.address(rows, window, zone))
        exports.enqueue(actor, dataset, request, counted.rows, zone)
    except (TooManyExports, SpoolFull) as fault:
        return notice(f"Not started: {fault}.", is_fault=True), no_update
    text = f"{dataset.title}: about {plural(counted.rows, 'row')}, being prepared."
    return notice(text), no_update
