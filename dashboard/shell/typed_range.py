"""Reads what is typed into the menu of ranges, and answers what to change in the address."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dash
from dash import Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from analytics.formatting import instants
from analytics.ranges import typed_range
from analytics.ranges.rolling import UnreadableRange
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zones import zone_named
from analytics.services.services import Services
from dashboard.core import ids

AddressChanges = dict[str, str]


def layout() -> Component:
    """The stores for a request of the browser and for its result."""
    return html.Span([dcc.Store(id=ids.TYPED_RANGE), dcc.Store(id=ids.READ_RANGE)])


def register(app: dash.Dash, services: Services) -> None:
    """Read each request; the browser applies the result."""

    @app.callback(
        Output(ids.READ_RANGE, "data"),
        Input(ids.TYPED_RANGE, "data"),
        prevent_initial_call=True,
    )
    def read(typed: object) -> Any:
        return address_changes(typed, services.now()) if isinstance(typed, Mapping) else no_update


def address_changes(typed: Mapping[str, object], now: datetime) -> AddressChanges:
    """`range`, `start` and `end`, empty ones to be removed; or a `fault`, why it is unreadable.

    `typed` has `zone` and either `text` or `from` and `to`.
    """
    zone = zone_named(typed.get("zone"))
    if zone is None:
        return {"fault": "The time zone of the page is unknown: choose another."}
    try:
        if "text" in typed:
            selected = typed_range.read(str(typed["text"]), now, zone)
        else:
            first, last = str(typed.get("from", "")), str(typed.get("to", ""))
            selected = typed_range.read_ends(first, last, now, zone)
    except UnreadableRange as fault:
        return {"fault": str(fault)}
    if not isinstance(selected, TimeRange):
        return {"range": str(selected), "start": "", "end": ""}
    start, end = (instants.iso8601(at, "seconds") for at in (selected.start, selected.end))
    return {"range": "", "start": start, "end": end}
