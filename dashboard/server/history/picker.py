"""Which series are charted: a chip for each, a list to add from, one axis or several.

Every choice is a link to a view, so it is kept in the address and the way back works.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from dash import dcc, html
from dash.development.base_component import Component

from analytics.query.series import SERIES, Aggregation, Series, Source
from dashboard.core.url_state import MOST_SERIES, View
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon, link, menu

from .data import chosen

WORDS = {Source.SERVER: "Measured by servers", Source.CLIENT: "Reported by browsers"}
VARIANTS = {Aggregation.COUNT: "total", Aggregation.RATIO: "share", Aggregation.MEAN: "mean"}


def layout(view: View) -> list[Component | None]:
    """The controls for one view."""
    names = chosen(view)
    chips = [_chip(view, SERIES[name]) for name in names]
    return [*chips, _add(view), _axes(view) if len(names) > 1 else None]


def _chip(view: View, series: Series) -> Component:
    rest = tuple(name for name in chosen(view) if name != series.name)
    return html.Span(
        [
            series.source.value,
            html.B(series.title, className="chip-value", title=series.help),
            link(
                icon("close", f"Remove {series.title}"),
                replace(view, series=rest).search(),
            ),
        ],
        className="control chip",
    )


def _add(view: View) -> Component:
    if len(chosen(view)) >= MOST_SERIES:
        return html.Span("Five series at most: remove one first.", className="faint picker-words")
    groups = [
        part
        for source in Source
        for part in (
            html.Div(WORDS[source], className="picker-group"),
            *_entries(view, (s for s in SERIES.values() if s.source is source)),
        )
    ]
    finder = dcc.Input(type="text", className="finder-text", placeholder="Find a series")
    sheet = html.Div(
        [finder, html.Div(groups, className="entries entries-long")],
        className="choices picker-sheet",
    )
    return menu([icon("plus"), "Series"], sheet, "menu-filter menu-series", "Add a series")


def _entries(view: View, series: Iterable[Series]) -> list[Component]:
    """One line a metric, a link for each of its series."""
    return [_entry(view, list(same)) for _, same in groupby(series, lambda s: (s.source, s.metric))]


def _entry(view: View, same: list[Series]) -> Component:
    taken = chosen(view)
    links = [
        html.Span(_variant(series), className="picker-link is-taken")
        if series.name in taken
        else link(
            _variant(series),
            replace(view, series=(*taken, series.name)).search(),
            "picker-link",
        )
        for series in same
    ]
    return html.Div(
        [html.Span(same[0].label, className="picker-name", title=same[0].help), *links],
        className="entry picker-entry",
    )


def _variant(series: Series) -> str:
    return series.variant or VARIANTS[series.aggregation]


def _axes(view: View) -> Component:
    """Each series on its own axis, or those of one unit together."""
    return html.Div(
        [
            link(
                words,
                replace(view, is_shared=is_shared).search(),
                "switch-part is-chosen" if view.is_shared == is_shared else "switch-part",
            )
            for words, is_shared in (("Own axes", False), ("Shared where units agree", True))
        ],
        className="switch",
        role="group",
        **marked({"aria-label": "Axes"}),
    )
