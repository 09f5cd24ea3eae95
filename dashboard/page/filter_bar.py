"""The filter bar: range, comparison, time zone, filters. Every entry is a link to a view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from analytics.ranges import rolling
from dashboard.core import addresses, ids, times
from dashboard.core.url_state import PRESETS, View
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon, link, menu
from models.metrics.dimensions import AUTOMATED, CLIENT_FILTERS, OTHER

COMPARE_LABELS = {"previous": "previous period", "week": "a week earlier", "off": "off"}


@dataclass(frozen=True, slots=True)
class BaselineEntries:
    """What the menu of comparisons has of baselines, and the `name` of the one compared with."""

    name: str = "a baseline"
    entries: Sequence[Component] = ()


NO_BASELINES = BaselineEntries()


def row(board: str) -> Component:
    """Containers of the filter bar at the left and of the page's status at the right, and below
    them of what is compared with a baseline."""
    bar = html.Div(
        [
            html.Div(id=ids.FILTER_BAR, className="filters"),
            html.Span(id="live-badge", className="live-badge", hidden=True),
            html.Div(id=ids.of_board(board, "status"), className="status"),
        ],
        className="filter-bar",
    )
    return html.Div([bar, html.Div(id=ids.BASELINE, className="baseline-row")])


def layout(
    view: View, now: datetime, zone: ZoneInfo, dimensions: Mapping[str, str], *,
    is_compared: bool = True, baselines: BaselineEntries = NO_BASELINES,
) -> list[Component | None]:  # fmt: skip
    """The controls for one view of a page that can be filtered by these dimensions, and compared
    with another period or with one of `baselines`."""
    labels = {**dimensions, AUTOMATED: CLIENT_FILTERS[AUTOMATED]}
    chips = [_chip(view, name, label) for name, label in labels.items() if name in view.filters]
    clear = replace(view, filters={}).search()
    return [
        range_menu(view, now, zone),
        _compare(view, baselines) if is_compared else None,
        zone_menu(view, zone),
        *chips,
        _add_filter(dimensions) if dimensions else None,
        link("Clear all", clear, "control control-bare clear-all") if len(chips) > 1 else None,
    ]


def range_label(view: View, now: datetime, zone: ZoneInfo) -> str:
    """`Last 24 hours`, or the ends of a fixed range."""
    if view.range_fault:
        return "Unreadable range"
    if view.start is not None and view.end is not None:
        return times.span(view.start, view.end, now, zone)
    return rolling.read(view.preset).heading


def range_menu(view: View, now: datetime, zone: ZoneInfo) -> Component:
    """The menu of ranges: presets, a field for typed ones, and a calendar."""
    current = "" if view.is_fixed or view.range_fault else view.preset
    presets = [
        link(
            rolling.read(name).heading,
            replace(view, preset=name, start=None, end=None).search(),
            "entry is-chosen" if name == current else "entry",
        )
        for name in PRESETS
    ]
    ends = {
        "data-start": view.start.isoformat() if view.start else "",
        "data-end": view.end.isoformat() if view.end else "",
        "data-zone": zone.key,
    }
    calendar = html.Div(
        className="calendar", **html_attributes({"data-calendar": "true"}), **html_attributes(ends)
    )
    return menu(
        [icon("clock"), html.B(range_label(view, now, zone)), icon("chevron")],
        html.Div([html.Div(presets, className="entries"), calendar], className="range-sheet"),
        "menu-range",
        "Range of time",
    )


def _compare(view: View, baselines: BaselineEntries) -> Component:
    entries: list[Component] = [
        link(
            label[0].upper() + label[1:],
            replace(view, compare=name).search(),
            "entry is-chosen" if name == view.compare else "entry",
        )
        for name, label in COMPARE_LABELS.items()
    ]
    label = COMPARE_LABELS.get(view.compare, baselines.name)
    summary = [icon("compare"), "Compare", html.B(label, className="clip"), icon("chevron")]
    return menu(summary, [*entries, *baselines.entries], "menu-compare", "Compare with")


def zone_menu(view: View, zone: ZoneInfo) -> Component:
    """The menu of the time zone in which all times are displayed."""
    finder = html.Div(**html_attributes({"data-zones": "true"}), className="finder")
    own = link("As in this browser", replace(view, zone="").search(), "entry")
    return menu(
        [icon("globe"), html.B(zone.key)],
        [own, finder],
        "menu-zone menu-bare",
        "Time zone",
    )


def _chip(view: View, dimension: str, label: str) -> Component:
    value = view.filters[dimension]
    return html.Span(
        [
            label,
            _chip_value(value, value_name(dimension, value)),
            link(icon("close", f"Remove {label}"), view.without_filter(dimension).search()),
        ],
        className="control chip",
    )


def _chip_value(value: str, name: str) -> Component:
    """The value of a filter by its name; `other` leads to what it stands for."""
    if value == OTHER:
        return html.B(link(name, addresses.SERVER_STORAGE), className="chip-value")
    return html.B(name, className="chip-value", title=name)


def _add_filter(dimensions: Mapping[str, str]) -> Component:
    names = [
        button(
            label, {"type": "dimension", "name": name}, **html_attributes({"data-stays": "true"})
        )
        for name, label in dimensions.items()
    ]
    sheet = html.Div(
        [
            html.Div(names, className="dimensions"),
            html.Div(
                html.P("Choose what to filter by.", className="state-words"),
                id=ids.CHOICES,
                className="choices",
            ),
        ],
        className="filter-sheet",
    )
    return menu([icon("plus"), "Filter"], sheet, "menu-filter", "Add a filter")
