"""The status of a page: data freshness, links to it, downloads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.ranges import rolling
from dashboard.core import times
from dashboard.page import downloads
from dashboard.page.data import PageData
from dashboard.page.downloads import Download
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon, menu


def status_label(page_data: PageData[Any], data_as_of: datetime) -> str:
    """`Data as of 14:32:07 · resolution 5 min`, and that there is nothing to compare with."""
    as_of = times.clock(data_as_of, page_data.now, page_data.zone)
    note = page_data.comparison_note
    return f"Data as of {as_of} · resolution {page_data.resolution}" + (
        f" · {note}" if note else ""
    )


def layout(
    page_data: PageData[Any],
    label: str,
    csv_path: str,
    query: Mapping[str, str],
    datasets: Sequence[str] = (),
) -> list[Component]:
    """The label, the menus of links and of downloads: the series (`csv_path` with `query`) and the
    rows of `datasets`."""
    rows = [downloads.rows_of(name, page_data.view.filters) for name in datasets]
    series = Download("Series of this page", csv_path, {"format": "csv", **query})
    return [
        html.Span(label, className="num status-words"),
        _link_menu(page_data),
        downloads.layout([series, *rows], page_data.window, page_data.now, page_data.zone),
    ]


def _link_menu(page_data: PageData[Any]) -> Component:
    """Copies the address as it is, or with the ends that its range has now."""
    view, window = page_data.view, page_data.window
    fixed = replace(view, start=window.start, end=window.end).search()
    span = times.span(window.start, window.end, page_data.now, page_data.zone)
    entries = [_copy(f"Keep this very range: {span}", fixed)]
    if not view.is_fixed:
        heading = rolling.read(view.preset).heading
        entries.insert(0, _copy(f"{heading}, whenever it is opened", view.search()))
    entries.insert(0, html.Div("Copy a link to", className="sheet-title"))
    return menu([icon("link")], entries, "menu-right menu-icon", "Copy the link to this view")


def _copy(text: str, search: str) -> Component:
    return button(text, **html_attributes({"data-act": "link", "data-search": search}))
