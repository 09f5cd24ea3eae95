"""The foot of every page: whose file the countries are from. Its licence asks for name and link on
all pages that display results, and countries are in charts, alerts, filters and exports."""

from datetime import datetime

from dash import html
from dash.development.base_component import Component

from analytics.country_file.source import CountrySource
from dashboard.widgets.pieces import tag


def layout(source: CountrySource | None, now: datetime) -> Component:
    """`Countries: IP Geolocation by DB-IP, 1 Jun 2026`; nothing while geolocation is off."""
    if source is None:
        return html.Footer(className="page-foot", hidden=True)
    origin = (
        html.A(source.origin, href=source.link, rel="noopener", className="link")
        if source.link
        else source.origin
    )
    warning = source.warning(now)
    return html.Footer(
        [
            html.Span(["Countries: ", origin, f", {source.built_at.day} {source.built_at:%b %Y}"]),
            *([tag("Old", "warn"), html.Span(warning)] if warning else []),
        ],
        className="page-foot",
    )
