"""The layout common to all pages, without data: top bar, tabs, page container."""

from datetime import datetime

from dash import dcc, html
from dash.development.base_component import Component

from analytics.country_file.source import CountrySource
from dashboard.core import addresses, ids
from dashboard.shell import bell, country_source, demo_banner, help_menu, typed_range
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon

REFRESH_MS = 15_000


def layout(source: CountrySource | None, now: datetime) -> Component:
    """The body of the document; `source` is whose the countries are."""
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            dcc.Store(id=ids.THEME),
            dcc.Store(id=ids.ZONE),
            dcc.Store(id=ids.TICK),
            typed_range.layout(),
            dcc.Interval(id=ids.TIMER, interval=REFRESH_MS),
            html.A("Skip to the page", href="#page", className="skip"),
            _top_bar(),
            html.Nav(id=ids.TABS, className="tabs", **html_attributes({"aria-label": "Pages"})),
            html.Div(id="notice", className="notice", role="alert"),
            demo_banner.layout(),
            html.Div(id=ids.PAGE),
            country_source.layout(source, now),
        ],
        className="app",
    )


def _top_bar() -> Component:
    return html.Header(
        [
            dcc.Link(
                [
                    html.Span(className="mark", **html_attributes({"aria-hidden": "true"})),
                    html.Span("WebSocket Analytics"),
                ],
                href=addresses.href(addresses.CLIENT),
                className="brand",
                title="WebSocket Analytics",
            ),
            html.Nav(
                id=ids.SECTIONS, className="sections", **html_attributes({"aria-label": "Sections"})
            ),
            html.Div(
                [
                    bell.layout(),
                    html.Button(
                        [icon("moon"), icon("sun")],
                        id="theme-switch",
                        type="button",
                        className="icon-button",
                        **html_attributes({"aria-label": "Change between light and dark"}),
                    ),
                    help_menu.layout(),
                    html.Div(id="person"),
                ],
                className="top-tools",
            ),
        ],
        className="top-bar",
    )
