"""How fresh a page is, the link to it, and its download."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from analytics.formatting import instants
from analytics.ranges.timerange import TimeRange
from dashboard.core import times
from dashboard.page.data import Reading
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon


def words(reading: Reading[Any], data_as_of: datetime) -> str:
    """`Data as of 14:32:07 · resolution 5 min`."""
    as_of = times.clock(data_as_of, reading.now, reading.zone)
    return f"Data as of {as_of} · resolution {reading.resolution}"


def layout(
    words: str, csv_route: str, window: TimeRange, filters: Mapping[str, str]
) -> list[Component]:
    """Words, copy the link, download the series."""
    return [
        html.Span(words, className="num status-words"),
        html.Button(
            icon("link", "Copy the link to this view"),
            type="button",
            className="icon-button",
            **marked({"data-act": "link"}),
        ),
        html.A(
            icon("download", "Download the series as CSV"),
            href=_address(csv_route, window, filters),
            className="icon-button",
            download="",
        ),
    ]


def _address(route: str, window: TimeRange, filters: Mapping[str, str]) -> str:
    asked = {
        "format": "csv",
        "start": instants.written(window.start),
        "end": instants.written(window.end),
        **filters,
    }
    return f"{route}?{urlencode(asked)}"
