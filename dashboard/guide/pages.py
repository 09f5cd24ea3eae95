"""`/admin/guide` and `/admin/glossary`, and the lines of the glossary for labels."""

import dash
from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask, jsonify
from werkzeug.wrappers import Response

from analytics.services.services import Services
from dashboard.core import addresses
from dashboard.guide import glossary
from dashboard.guide.glossary import Section
from dashboard.guide.guide import CHAPTERS, Chapter
from dashboard.page.page import CustomPage, Tab
from dashboard.widgets.pieces import link

LINES = f"{addresses.ROOT}glossary.json"
FINDER = "glossary-find"


def guide_layout() -> Component:
    """The chapters."""
    return html.Main(
        [
            html.H1("Guide", className="visually-hidden"),
            html.Div([_chapter(chapter) for chapter in CHAPTERS], className="panels guide"),
        ],
        className="page",
    )


def glossary_layout() -> Component:
    """All terms by section; the browser narrows them to what is typed."""
    field = dcc.Input(
        id=FINDER, type="text", placeholder="Find a term", className="field finder-text",
        autoComplete="off",
    )  # fmt: skip
    return html.Main(
        [
            html.H1("Glossary", className="visually-hidden"),
            html.Label("Find a term", htmlFor=FINDER, className="visually-hidden"),
            html.Div(field, className="form-row glossary-find"),
            html.Div([_section(each) for each in glossary.sections()], className="panels"),
        ],
        className="page",
    )


def serve_lines(server: Flask) -> None:
    """Add the route of the lines, which labels show; for viewers, as all below the root."""

    def serve() -> Response:
        return jsonify(glossary.lines())

    server.add_url_rule(LINES, "glossary_lines", serve)


def _chapter(chapter: Chapter) -> Component:
    text, address = chapter.link
    return html.Section(
        [
            html.Header(html.H2(chapter.title, className="panel-title"), className="panel-head"),
            html.Div(
                [*(html.P(text) for text in chapter.paragraphs), link(text, address, "button")],
                className="guide-text",
            ),
        ],
        className="panel panel-natural panel-full",
    )


def _section(section: Section) -> Component:
    rows = [
        html.Tr([html.Td(html.B(term.term)), html.Td(term.meaning), html.Td(term.source)])
        for term in section.terms
    ]
    head = html.Thead(html.Tr([html.Th(text) for text in ("Term", "Means", "Source")]))
    return html.Section(
        [
            html.Header(html.H2(section.title, className="panel-title"), className="panel-head"),
            html.Div(
                html.Table([head, html.Tbody(rows)], className="table-plain glossary-table"),
                className="table-scroll",
            ),
        ],
        className="panel panel-natural panel-full",
    )


def _register(_app: dash.Dash, _services: Services) -> None:
    """Nothing is read."""


GUIDE = CustomPage(
    address=addresses.GUIDE, title="Guide", tab=Tab(label="Guide"), layout=guide_layout,
    register=_register,
)  # fmt: skip
GLOSSARY = CustomPage(
    address=addresses.GLOSSARY, title="Glossary", tab=Tab(label="Glossary"),
    layout=glossary_layout, register=_register,
)  # fmt: skip
