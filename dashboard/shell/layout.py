"""The layout common to all pages, without data: top bar, tabs, page container."""

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.core import ids
from dashboard.shell import bell, demo_banner, typed_range
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon

REFRESH_MS = 15_000


def layout() -> Component:
    """The body of the document."""
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
                href="/admin/websocket-client-metrics",
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
                    html.A(
                        icon("help", "API description"),
                        href="/api/docs",
                        className="icon-button",
                        title="API description",
                    ),
                    html.Div(id="person"),
                ],
                className="top-tools",
            ),
        ],
        className="top-bar",
    )
