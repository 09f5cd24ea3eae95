"""Callbacks of the shell: page, tabs, filter bar, user menu."""

import re
from collections.abc import Callable
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.permission.actor import Actor
from analytics.reports.reports import DatabaseAway, Reports
from dashboard.core import ids, url_state
from dashboard.shell import addresses, bell, filter_bar
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, link, menu
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

NAMES = DIMENSIONS | SERVER_DIMENSIONS
Pages = dict[str, Callable[[], Component]]


def register(
    app: dash.Dash,
    pages: Pages,
    missing_page: Callable[[], Component],
    viewer: Callable[[], Actor | None],
) -> None:
    """Fill the shell for each URL. `pages` are the layouts by address."""

    @app.callback(Output(ids.PAGE, "children"), Input(ids.URL, "pathname"))
    def show(pathname: str) -> Component:
        return pages.get(addresses.normalize(pathname), missing_page)()

    @app.callback(
        Output(ids.SECTIONS, "children"),
        Output(ids.TABS, "children"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
    )
    def links(pathname: str, search: str) -> tuple[list[Component], list[Component]]:
        path = addresses.normalize(pathname)
        return _sections(path, search), _tabs(path, search)

    @app.callback(
        Output(ids.FILTER_BAR, "children"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
    )
    def filters(pathname: str, search: str, zone: object) -> list[Component | None]:
        view = addresses.view_of(pathname, search)
        dimensions = addresses.dimensions_of(pathname)
        return filter_bar.layout(view, url_state.zone_for(view, zone), dimensions)

    @app.callback(Output("person", "children"), Input(ids.URL, "pathname"))
    def person(_pathname: str) -> Component | None:
        return _person(viewer())


def register_choices(app: dash.Dash, reports: Reports, now: Callable[[], Any]) -> None:
    """Offer the values of a dimension that occur in the range."""

    @app.callback(
        Output(ids.CHOICES, "children"),
        Input({"type": "dimension", "name": ALL}, "n_clicks"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def choices(clicks: list[int], pathname: str, search: str) -> Any:
        if not any(clicks) or not ctx.triggered_id:
            return no_update
        dimension = str(ctx.triggered_id["name"])
        view = addresses.view_of(pathname, search)
        dimensions, window = addresses.dimensions_of(pathname), view.window(now())
        values: list[str] = []
        try:
            if dimensions is not SERVER_DIMENSIONS and dimension in DIMENSIONS:
                values += reports.choices(dimension, window, view.client_filters())
            if dimensions is not DIMENSIONS and dimension in SERVER_DIMENSIONS:
                values += reports.server_choices(dimension, window)
        except DatabaseAway:
            return html.P("The database does not answer. Try again.", className="state-words")
        return _choices(view, dimension, list(dict.fromkeys(values)))


def _choices(view: url_state.View, dimension: str, values: list[str]) -> list[Component]:
    if not values:
        return [html.P("No values in this range.", className="state-words")]
    entries = [
        link(value, view.with_filter(dimension, value).search(), "entry") for value in values
    ]
    return [
        dcc.Input(
            type="text",
            className="finder-text",
            placeholder=f"Find {NAMES[dimension].lower()}",
        ),
        html.Div(entries, className="entries entries-long"),
    ]


def _sections(path: str, search: str) -> list[Component]:
    return [
        link(
            section.name,
            section.address + (search or ""),
            "section is-chosen" if addresses.section_of(path) == section else "section",
        )
        for section in addresses.SECTIONS
    ]


def _tabs(path: str, search: str) -> list[Component]:
    section = addresses.section_of(path)
    if section is None:
        title = "People" if path == addresses.PEOPLE else "Not found"
        return [html.Span(title, className="page-tab is-chosen")]
    return [
        link(
            [name, bell.count("firing-count tab-count")]
            if address == addresses.SERVER_ALERTS
            else name,
            address + (search or ""),
            "page-tab is-chosen" if address == path else "page-tab",
        )
        for address, name in section.tabs
    ]


def _person(actor: Actor | None) -> Component | None:
    if actor is None:
        return None
    entries = [
        html.Div([html.B(actor.name), html.Div(actor.role)], className="who"),
        link("People and tokens", addresses.PEOPLE, "entry") if actor.is_admin else None,
        html.Button(
            [icon("out"), "Sign out"],
            type="button",
            className="entry entry-button",
            **html_attributes({"data-act": "sign-out"}),
        ),
    ]
    return menu(_initials(actor.name), entries, "menu-right menu-person", f"{actor.name}")


def _initials(name: str) -> str:
    """`MK` of `m.keller@example.com`."""
    name_parts = re.findall(r"[^._-]+", name.split("@", 1)[0])
    letters = "".join(word[0] for word in name_parts[:2])
    return letters.upper() if len(letters) > 1 else name[:2].upper()
