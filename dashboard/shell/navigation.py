"""The shell of the pages: tabs, filter bar and user menu, made from one list of pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from analytics.permission.actor import Actor
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.baselines import callbacks as baselines
from dashboard.core import addresses, ids, url_state
from dashboard.page import filter_bar
from dashboard.page.page import Page, Tab
from dashboard.shell import bell, not_found
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, link, menu
from models.metrics.dimensions import DIMENSIONS, OTHER, SERVER_DIMENSIONS

NAMES = DIMENSIONS | SERVER_DIMENSIONS
NO_TAB = Tab(label="Not found")


@dataclass(frozen=True, slots=True)
class Navigation:
    """The navigation between `pages`, in the order of their tabs; those of a section are
    adjacent."""

    pages: Sequence[Page]

    def page_at(self, pathname: str | None) -> Page | None:
        """The page of an address, `None` where there is none."""
        path = addresses.normalize(pathname)
        return next((page for page in self.pages if page.address == path), None)

    def tab_at(self, pathname: str | None) -> Tab:
        """The tab of an address; that of no page has no section and no filters."""
        page = self.page_at(pathname)
        return page.tab if page else NO_TAB

    def register(self, app: dash.Dash, services: Services) -> None:
        """Fill the shell for each URL."""
        self._register_frame(app, services)
        _register_choices(app, services, self)
        baselines.add_callbacks(app, services, self.tab_at)

    def _register_frame(self, app: dash.Dash, services: Services) -> None:
        @app.callback(Output(ids.PAGE, "children"), Input(ids.URL, "pathname"))
        def show(pathname: str) -> Component:
            page = self.page_at(pathname)
            return page.layout() if page else not_found.layout()

        @app.callback(
            Output(ids.SECTIONS, "children"),
            Output(ids.TABS, "children"),
            Input(ids.URL, "pathname"),
            Input(ids.URL, "search"),
        )
        def links(pathname: str, search: str) -> tuple[list[Component], list[Component]]:
            actor = services.viewer()
            visible = [page for page in self.pages if page.tab.is_visible_to(actor)]
            tab = self.tab_at(pathname)
            path = addresses.normalize(pathname)
            return _sections(visible, tab, search), _tabs(visible, tab, path, search)

        @app.callback(
            Output(ids.FILTER_BAR, "children"),
            Input(ids.URL, "pathname"),
            Input(ids.URL, "search"),
            Input(ids.ZONE, "data"),
        )
        def filters(pathname: str, search: str, zone: object) -> list[Component | None]:
            tab = self.tab_at(pathname)
            view = tab.view(search)
            local = url_state.zone_for(view, zone)
            now, dimensions = services.now(), tab.dimensions
            return filter_bar.layout(
                view, now, local, dimensions, is_compared=tab.is_compared,
                baselines=baselines.entries_of(services, tab, view),
            )  # fmt: skip

        @app.callback(Output("person", "children"), Input(ids.URL, "pathname"))
        def person(_pathname: str) -> Component | None:
            return _person(services.viewer(), self.pages)


def _register_choices(app: dash.Dash, services: Services, navigation: Navigation) -> None:
    """Offer the values of a dimension that occur in the range."""

    @app.callback(
        Output(ids.CHOICES, "children"),
        Input({"type": "dimension", "name": ALL}, "n_clicks"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        prevent_initial_call=True,
    )
    def choices(clicks: list[int], pathname: str, search: str, zone: object) -> Any:
        if not any(clicks) or not ctx.triggered_id:
            return no_update
        dimension, tab = str(ctx.triggered_id["name"]), navigation.tab_at(pathname)
        view = tab.view(search)
        if view.range_fault:
            return html.P(view.range_fault, className="state-words")
        try:
            return _choices(view, dimension, _values(services, tab, view, zone, dimension))
        except DatabaseAway:
            return html.P("The database does not answer. Try again.", className="state-words")


def _values(
    services: Services, tab: Tab, view: url_state.View, zone: object, dimension: str
) -> list[str]:
    """The values of a dimension on the sides that the page is filtered by, each once."""
    window = view.window(services.now(), url_state.zone_for(view, zone))
    reports = services.reports
    values: list[str] = []
    if dimension in DIMENSIONS and ("country" in tab.dimensions or tab.section == "Client"):
        values += reports.choices(dimension, window, view.client_filters())
    if dimension in SERVER_DIMENSIONS and ("service" in tab.dimensions or tab.section == "Server"):
        values += reports.server_choices(dimension, window)
    return list(dict.fromkeys(values))


def _choices(view: url_state.View, dimension: str, values: list[str]) -> list[Component]:
    if not values:
        return [html.P("No values in this range.", className="state-words")]
    entries = [
        link(value_name(dimension, value), view.with_filter(dimension, value).search(), "entry")
        for value in values
    ]
    if OTHER in values:
        entries.append(link("What counts as other", addresses.SERVER_STORAGE, "entry"))
    return [
        dcc.Input(
            type="text",
            className="finder-text",
            placeholder=f"Find {NAMES[dimension].lower()}",
        ),
        html.Div(entries, className="entries entries-long"),
    ]


def _sections(pages: Sequence[Page], current: Tab, search: str) -> list[Component]:
    """The first page of each section."""
    first = [next(same) for name, same in groupby(pages, lambda page: page.tab.section) if name]
    return [
        link(
            page.tab.section,
            page.address + (search or ""),
            "section is-chosen" if page.tab.section == current.section else "section",
        )
        for page in first
    ]


def _tabs(pages: Sequence[Page], current: Tab, path: str, search: str) -> list[Component]:
    if not current.section:
        return [html.Span(current.label, className="page-tab is-chosen")]
    return [
        link(
            [page.tab.label, bell.count("firing-count tab-count")]
            if page.tab.has_firing_count
            else page.tab.label,
            page.address + (search or ""),
            "page-tab is-chosen" if page.address == path else "page-tab",
        )
        for page in pages
        if page.tab.section == current.section
    ]


def _person(actor: Actor | None, pages: Sequence[Page]) -> Component | None:
    if actor is None:
        return None
    entries = [
        html.Div([html.B(actor.name), html.Div(actor.role)], className="who"),
        *(
            link(page.title, page.address, "entry")
            for page in pages
            if not page.tab.section and page.tab.is_visible_to(actor)
        ),
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
