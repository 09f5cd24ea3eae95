"""The panel of exports: begin one with the page's range and filters, watch it, fetch it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.exports.datasets import DATASETS, Dataset
from analytics.exports.exports import (
    DatabaseAway,
    Exports,
    SpoolFull,
    TooMany,
    asked_for,
)
from analytics.formatting import instants
from analytics.permission.actor import Actor
from dashboard.core import ids, url_state
from dashboard.core.numbers import plural
from dashboard.server.storage import exports_list
from dashboard.server.storage.exports_list import notice
from dashboard.shell import addresses
from dashboard.widgets.attributes import marked

LIST, NOTICE, TIMER = "exports-list", "exports-notice", "exports-timer"
WATCH_MS = 1500
ROUTE = "/api/ws/export"
Answer = tuple[Any, Any, Any, Any]


def layout() -> Component:
    """The datasets; the list comes by callback."""
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Exports", className="panel-title"),
                    html.Span("CSV of single rows, range and filters of this page",
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
        **marked({"data-panel": "exports", "data-title": "Exports"}),
    )  # fmt: skip


def register(
    app: dash.Dash,
    exports: Exports,
    viewer: Callable[[], Actor | None],
    now: Callable[[], datetime],
) -> None:
    """Begin, remove, and watch while something is being prepared."""

    @app.callback(
        Output(LIST, "children"),
        Output(NOTICE, "children"),
        Output(ids.EXPORT_FETCH, "data"),
        Output(TIMER, "disabled"),
        Input({"type": "export-begin", "dataset": ALL}, "n_clicks"),
        Input({"type": "export-remove", "export": ALL}, "n_clicks"),
        Input(TIMER, "n_intervals"),
        Input(ids.ZONE, "data"),
        State(ids.URL, "search"),
    )
    def show(
        _begun: list[int], _removed: list[int], _count: int, zone: object, search: str
    ) -> Answer:
        actor = viewer()
        if actor is None:
            return no_update, no_update, no_update, True
        asked = addresses.view_of(addresses.SERVER_STORAGE, search)
        try:
            said, fetch = _do(exports, actor, asked, now())
            found = exports.all_of(actor)
        except DatabaseAway:
            words = "The database does not answer. Nothing was begun."
            return no_update, notice(words, is_fault=True), no_update, True
        listed = exports_list.table(found, actor, url_state.zone_for(asked, zone))
        return listed, said, fetch, not any(export.is_open for export in found)


def _do(exports: Exports, actor: Actor, asked: url_state.View, now: datetime) -> tuple[Any, Any]:
    """Do what a button asked for: what to say, and the address to fetch a file from."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
        return no_update, no_update
    if pressed["type"] == "export-remove":
        exports.remove(actor, UUID(pressed["export"]))
        return None, no_update
    return _begin(exports, actor, DATASETS[pressed["dataset"]], asked, now)


def _begin(
    exports: Exports, actor: Actor, dataset: Dataset, shown: url_state.View, now: datetime
) -> tuple[Any, Any]:
    window = shown.window(now)
    asked = asked_for(dataset, window, shown.filters)
    try:
        counted = exports.count(dataset, asked)
        if not counted.is_large:
            words = f"{dataset.title}: {plural(counted.rows, 'row')}, the download begins."
            return notice(words), _address(dataset, shown, now)
        exports.ask(actor, dataset, asked, counted.rows)
    except (TooMany, SpoolFull) as fault:
        return notice(f"Not begun: {fault}.", is_fault=True), no_update
    words = f"{dataset.title}: about {plural(counted.rows, 'row')}, being prepared."
    return notice(words), no_update


def _address(dataset: Dataset, shown: url_state.View, now: datetime) -> str:
    window = shown.window(now)
    known = {k: v for k, v in shown.filters.items() if k in dataset.source.filters}
    ends = {"start": window.start, "end": window.end}
    written = {name: instants.written(at) for name, at in ends.items()}
    return f"{ROUTE}/{dataset.name}.csv?{urlencode({**written, **known})}"
