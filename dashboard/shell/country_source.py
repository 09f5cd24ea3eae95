"""The foot of every page: whose file the countries are from. Its licence asks for name and link on
all pages that display results, and countries are in charts, alerts, filters and exports."""

from datetime import datetime

from dash import html
from dash.development.base_component import Component

from analytics.country_file.source import CountrySource
from dashboard.widgets.pieces import tag


def origin(source: CountrySource) -> Component | str:
    """Whose the file is, with the link that its licence wants, if any."""
    if not source.link:
        return source.origin
    return html.A(source.origin, href=source.link, rel="noopener", className="link")


def layout(source: CountrySource | None, now: datetime) -> Component:
    """`Countries: IP Geolocation by DB-IP, 1 Jun 2026`; nothing while geolocation is off."""
    if source is None:
        return html.Footer(className="page-foot", hidden=True)
    built, warning = source.built_at, source.warning(now)
    return html.Footer(
        [
            html.Span(["Countries: ", origin(source), f", {built.day} {built:%b %Y}"]),
            *([tag("Old", "warn"), html.Span(warning)] if warning else []),
        ],
        className="page-foot",
    )
