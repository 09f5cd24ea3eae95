"""The panel of the map: its values, its classes, and the legend that counts their countries."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.country_file.source import CountrySource
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import Scale
from dashboard.client.geographic.core.regions import LEAST_SESSIONS, Region
from dashboard.client.geographic.core.table_rows import csv_table
from dashboard.core.numbers import DASH, count, percent_text, plural, signed_points
from dashboard.core.numbers import change as relative_change
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link

from . import map_figure

PANEL = Panel(
    name="map",
    title="Map",
    explain=(
        "Classes have about as many countries each: their bounds are quantiles of the countries "
        "drawn, rounded. The deepest colour is the worst. Countries too small for a shape are "
        "points at their capital. Land that is in dispute belongs to no country on this map."
    ),
    css_class="panel-map",
    has_chart=True,
    has_dynamic_title=True,
    rows=("sessions", "client-reports"),
)
NO_DATA = "no clients"


@dataclass(frozen=True, slots=True)
class LegendClass:
    """One class of the legend: its colour, its range in words, and how many countries it has."""

    color: str
    text: str
    countries: int


def draw(page_data: GeographicData) -> PanelContent:
    """The content of the panel."""
    entries = legend_classes(page_data)
    figure = map_figure.figure(
        page_data.map_values, page_data.classes, page_data.continent, page_data.view.selected
    )
    figure["layout"]["meta"] |= {
        "regions": hover_rows(page_data),
        "png": _png_legend(entries, page_data.source),
    }
    return PanelContent(
        title=f"{page_data.metric.label} by country",
        unit=_unit(page_data),
        body=figure,
        label=_label(page_data, entries),
        foot=[_legend(page_data, entries), *_foot(page_data)],
        table=csv_table([*page_data.listed, *page_data.current.elsewhere], page_data.source),
        is_empty=not page_data.listed,
        empty_text=page_data.no_countries,
    )


def legend_classes(page_data: GeographicData) -> list[LegendClass]:
    """The classes in the order of their values."""
    classes = page_data.classes
    shades = [each.value for each in page_data.map_values if each.value is not None]
    texts = [bound_text(page_data, bound) for bound in classes.bounds]
    if texts:
        texts = [f"under {texts[0]}", *(f"from {text}" for text in texts)]
    counts = classes.counts(shades)
    return [
        LegendClass(*entry)
        for entry in zip(classes.colors, texts or ["all"], counts, strict=True)
        if shades
    ]


def bound_text(page_data: GeographicData, bound: float) -> str:
    """A bound of the classes, with its unit."""
    if not page_data.is_change:
        return page_data.metric.text(bound)
    return signed_points(bound) if page_data.metric.scale is Scale.SHARE else relative_change(bound)


def hover_rows(page_data: GeographicData) -> dict[str, list[list[str]]]:
    """What the hover box says, by code: the name, then (label, value) rows."""
    regions = (*page_data.listed, *page_data.current.elsewhere)
    return {region.code: _hover(page_data, region) for region in regions}


def _hover(page_data: GeographicData, region: Region) -> list[list[str]]:
    metric = page_data.metric
    figure, before = region.figures.get(metric.key), region.before.get(metric.key)
    rows = [[region.name, ""], [metric.label, metric.text(figure.value if figure else None)]]
    if not region.is_counted:
        rows.append(["", region.unjudged])
    elif region.is_small:
        rows.append(["", f"too few sessions: fewer than {LEAST_SESSIONS}"])
    elif figure and figure.low is not None and figure.high is not None:
        rows.append(["95 % interval", f"{metric.text(figure.low)} to {metric.text(figure.high)}"])
    elif figure and figure.too_few:
        rows.append(["95 % interval", "too few sessions"])
    if figure and figure.value is not None and before and before.value is not None:
        change = metric.change_text(figure.value, before.value)
        rows.append(["Before", f"{metric.text(before.value)}, {change}"])
    if metric.key != "connect_success":
        rows.append(["Connect success", percent_text(region.value("connect_success"))])
    rows.append(["n", plural(region.sessions, "session") if region.is_counted else DASH])
    rows.append(["", f"Click to see {region.name} alone"])
    return rows


def _unit(page_data: GeographicData) -> str:
    if page_data.is_change:
        return f"difference from {page_data.compared_to}"
    unit = page_data.metric.unit
    return f"{unit}, no change to compare" if page_data.view.is_change else unit


def _legend(page_data: GeographicData, entries: Sequence[LegendClass]) -> Component:
    items = [
        html.Span(
            [_swatch(each.color), each.text, html.Span(count(each.countries), className="faint")],
            className="class-entry",
            title=plural(each.countries, "country", "countries"),
        )
        for each in entries
    ]
    small = sum(each.value is None for each in page_data.map_values)
    few = f"fewer than {LEAST_SESSIONS} sessions"
    if not page_data.current.world.is_counted:
        few = "sessions not counted"
    items += [
        html.Span(
            [html.Span(className="swatch is-hatched"), few,
             html.Span(count(small), className="faint")],
            className="class-entry",
            title=plural(small, "country", "countries"),
        ),
        html.Span([_swatch("--geo-land"), NO_DATA], className="class-entry"),
    ]  # fmt: skip
    return html.Span(items, className="map-legend num")


def _swatch(color: str) -> Component:
    return html.Span(className="swatch", style={"background": f"var({color})"})


def _foot(page_data: GeographicData) -> list[Any]:
    """Sessions and countries; what is not on the map, with a link to each."""
    sessions = sum(each.sessions for each in page_data.listed)
    countries = plural(len(page_data.listed), "country", "countries")
    is_counted = page_data.current.world.is_counted
    number = f"n = {plural(sessions, 'session')}" if is_counted else "sessions not counted"
    parts: list[Any] = [f"{number} in {countries}"]
    total = page_data.current.world.sessions
    others = [*page_data.current.elsewhere, *page_data.off_map]
    listed: list[Any] = []
    for region in others:
        share = f"{percent_text(region.sessions / total)} " if total else ""
        address = page_data.view.selecting(region.code)
        listed += ["; " if listed else "", share, link(region.name, address, "quiet-link")]
    if listed:
        parts.append(html.Span([*listed, ", not drawn"]))
    return parts


def _label(page_data: GeographicData, entries: Sequence[LegendClass]) -> str:
    listed = ", ".join(f"{each.countries} {each.text}" for each in entries if each.countries)
    return f"Map of {page_data.metric.name} by country. Countries: {listed or 'none'}."


def _png_legend(entries: Sequence[LegendClass], source: CountrySource | None) -> dict[str, Any]:
    """The legend as shapes and texts, and whose the countries are, for the picture alone."""
    width = 1 / max(len(entries), 1)
    shapes = [
        {
            "type": "rect", "xref": "paper", "yref": "paper", "y0": -0.035, "y1": -0.015,
            "x0": index * width, "x1": (index + 0.98) * width, "fillcolor": each.color,
            "line": {"width": 0},
        }
        for index, each in enumerate(entries)
    ]  # fmt: skip
    texts = [
        {
            "xref": "paper", "yref": "paper", "x": index * width, "y": -0.045, "xanchor": "left",
            "yanchor": "top", "showarrow": False, "text": f"{each.text} ({each.countries})",
            "font": {"size": 11, "color": "--ink-2"},
        }
        for index, each in enumerate(entries)
    ]  # fmt: skip
    credit = {
        "xref": "paper", "yref": "paper", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom",
        "showarrow": False, "text": f"Countries: {escape(source.credit)}" if source else "",
        "font": {"size": 11, "color": "--ink-3"},
    }  # fmt: skip
    return {
        "shapes": shapes,
        "annotations": [*texts, credit],
        "margin": {"l": 12, "r": 12, "b": 48},
    }
