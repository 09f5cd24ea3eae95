"""The series picker: a chip for each series, a list to add from, own or shared axes.

Every control is a link, so the selection is in the URL and the back button works.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from dash import dcc, html
from dash.development.base_component import Component

from analytics.query.query import SeriesSource
from analytics.query.series import SERIES, Aggregation, Series
from dashboard.core.url_state import MOST_SERIES, View
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, link, menu

from .data import selected_series

SOURCE_LABELS = {
    SeriesSource.SERVER: "Measured by servers",
    SeriesSource.CLIENT: "Reported by browsers",
}
VARIANTS = {Aggregation.COUNT: "total", Aggregation.RATIO: "share", Aggregation.MEAN: "mean"}


def layout(view: View) -> list[Component | None]:
    """The controls for one view."""
    names = selected_series(view)
    chips = [_chip(view, SERIES[name]) for name in names]
    return [*chips, _add(view), _axes(view) if len(names) > 1 else None]


def _chip(view: View, series: Series) -> Component:
    other_series = tuple(name for name in selected_series(view) if name != series.name)
    return html.Span(
        [
            series.source.value,
            html.B(series.title, className="chip-value", title=series.help),
            link(
                icon("close", f"Remove {series.title}"),
                replace(view, series=other_series).search(),
            ),
        ],
        className="control chip",
    )


def _add(view: View) -> Component:
    if len(selected_series(view)) >= MOST_SERIES:
        return html.Span("Five series at most: remove one first.", className="faint picker-words")
    groups = [
        part
        for source in SeriesSource
        for part in (
            html.Div(SOURCE_LABELS[source], className="picker-group"),
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
    """One line per metric, with a link for each of its series."""
    return [_entry(view, list(same)) for _, same in groupby(series, lambda s: (s.source, s.metric))]


def _entry(view: View, same: list[Series]) -> Component:
    taken = selected_series(view)
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
                label,
                replace(view, has_shared_axes=has_shared_axes).search(),
                "switch-part is-chosen"
                if view.has_shared_axes == has_shared_axes
                else "switch-part",
            )
            for label, has_shared_axes in (("Separate axes", False), ("Shared axis per unit", True))
        ],
        className="switch",
        role="group",
        **html_attributes({"aria-label": "Axes"}),
    )
