"""The downloads of a page: its series and the rows behind it, with its range and its filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.exports.datasets import DATASETS
from analytics.formatting import instants
from analytics.ranges.timerange import TimeRange
from dashboard.core import addresses, times
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, menu

ROUTE = "/api/ws/export"


@dataclass(frozen=True, slots=True)
class Download:
    """A CSV: title, path, the query that selects it; and the dataset, where it is of rows."""

    title: str
    path: str
    query: Mapping[str, str]
    dataset: str = ""


def rows_of(dataset: str, filters: Mapping[str, str]) -> Download:
    """The rows of a dataset, under those filters of a page that it has."""
    source = DATASETS[dataset].source
    supported = {name: value for name, value in filters.items() if name in source.filters}
    return Download(DATASETS[dataset].title, f"{ROUTE}/{dataset}.csv", supported, dataset)


def layout(
    downloads: Sequence[Download], window: TimeRange, now: datetime, zone: ZoneInfo
) -> Component:
    """The menu: each download with times for spreadsheets, and with those of ISO 8601."""
    span = times.span(window.start, window.end, now, zone)
    styles = (
        (f"Times of {zone.key}, for spreadsheets", zone),
        ("Times in ISO 8601", None),
    )
    groups = [
        part
        for title, style in styles
        for part in (
            html.Div(title, className="sheet-title"),
            *(_link(download, address(download, window, style)) for download in downloads),
        )
    ]
    return menu(
        [icon("download")],
        [html.P(f"CSV of {span}, with the filters of the page.", className="state-words"), *groups],
        "menu-right menu-icon downloads",
        "Download CSV",
    )


def address(download: Download, window: TimeRange, zone: ZoneInfo | None) -> str:
    """The address of a download; with `zone` its times are of that, else ISO 8601."""
    ends = {"start": instants.iso8601(window.start), "end": instants.iso8601(window.end)}
    style = {"times": "local", "tz": zone.key} if zone else {}
    return f"{download.path}?{urlencode({**ends, **style, **download.query})}"


def _link(download: Download, href: str) -> Component:
    return html.A(
        download.title,
        href=addresses.href(href),
        className="entry",
        download="",
        **html_attributes({"data-rows": download.dataset} if download.dataset else {}),
    )
