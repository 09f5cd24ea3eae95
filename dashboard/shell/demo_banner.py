"""The banner of a demo while its history is being filled: how far it is."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component

from analytics.operations.demo_report import FillProgress
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.core import ids, times, url_state
from dashboard.widgets.attributes import html_attributes


def layout() -> Component:
    """The element that the callback fills; it stays empty outside the demo."""
    return html.Div(id=ids.DEMO, className="notice")


def register(app: dash.Dash, services: Services) -> None:
    """Read the progress on each page change and refresh; outside the demo nothing is read."""
    demo = services.demo
    if demo is None:
        return

    @app.callback(
        Output(ids.DEMO, "children"),
        Input(ids.URL, "pathname"),
        Input(ids.TIMER, "n_intervals"),
        Input(ids.ZONE, "data"),
        State(ids.URL, "search"),
    )
    def progress(_path: str, _count: int, zone: object, search: str) -> Any:
        try:
            current = demo.progress()
        except DatabaseAway:
            return no_update
        local = url_state.zone_for(url_state.read(search), zone)
        return banner(current, services.now(), local) if current else None


def banner(progress: FillProgress, now: datetime, zone: ZoneInfo) -> Component:
    """The sentence and a progress bar of complete days."""
    share, days = progress.days / progress.total_days, f"{progress.days} of {progress.total_days}"
    until = f"{times.moment(progress.filled_until, now, zone)} ({zone.key})"
    values = {
        "aria-valuemin": "0",
        "aria-valuemax": str(progress.total_days),
        "aria-valuenow": str(progress.days),
        "aria-valuetext": f"{days} days",
        "aria-label": "History of the demo",
    }
    bar = html.Div(
        html.Div(className="share-fill", style={"width": f"{share:.0%}"}),
        className="share-track",
        role="progressbar",
        **html_attributes(values),
    )
    sentence = html.Span(f"Demo: history filled up to {until}, {days} days")
    return html.Div([sentence, bar], className="banner banner-calm")
