"""The status of a page: data freshness, link, CSV download."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from analytics.formatting import instants
from analytics.ranges.timerange import TimeRange
from dashboard.core import times
from dashboard.page.data import PageData
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon


def status_label(page_data: PageData[Any], data_as_of: datetime) -> str:
    """`Data as of 14:32:07 · resolution 5 min`, and that there is nothing to compare with."""
    as_of = times.clock(data_as_of, page_data.now, page_data.zone)
    note = page_data.comparison_note
    return f"Data as of {as_of} · resolution {page_data.resolution}" + (
        f" · {note}" if note else ""
    )


def layout(
    label: str, csv_route: str, window: TimeRange, filters: Mapping[str, str]
) -> list[Component]:
    """The label, a button that copies the link, a link to the CSV."""
    return [
        html.Span(label, className="num status-words"),
        html.Button(
            icon("link", "Copy the link to this view"),
            type="button",
            className="icon-button",
            **html_attributes({"data-act": "link"}),
        ),
        html.A(
            icon("download", "Download the series as CSV"),
            href=_csv_url(csv_route, window, filters),
            className="icon-button",
            download="",
        ),
    ]


def _csv_url(route: str, window: TimeRange, filters: Mapping[str, str]) -> str:
    query = {
        "format": "csv",
        "start": instants.iso8601(window.start),
        "end": instants.iso8601(window.end),
        **filters,
    }
    return f"{route}?{urlencode(query)}"
