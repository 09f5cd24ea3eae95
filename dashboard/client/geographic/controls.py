"""The controls above the map: metric, value or change, continent. Each is a link to a view."""

from dataclasses import replace

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.client.geographic.core.continents import CONTINENTS
from dashboard.client.geographic.core.metrics import FIRST, REGION_METRICS
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.widgets.attributes import html_attributes


def layout(view: GeographicView) -> list[Component]:
    """The controls for one view."""
    return [_metrics(view), _change(view), _continents(view)]


def _metrics(view: GeographicView) -> Component:
    others = [key for key in REGION_METRICS if key not in FIRST]
    more = dbc.DropdownMenu(
        [
            dbc.DropdownMenuItem(
                REGION_METRICS[key].label, href=_with_metric(view, key), active=key == view.metric
            )
            for key in others
        ],
        label=REGION_METRICS[view.metric].label if view.metric in others else "More",
        nav=True,
        toggle_class_name="active" if view.metric in others else "",
    )
    entries = [_entry(REGION_METRICS[key].label, _with_metric(view, key), key == view.metric)
               for key in FIRST]  # fmt: skip
    return _nav([*entries, more], "Metric")


def _change(view: GeographicView) -> Component:
    return _nav(
        [
            _entry("Value", replace(view, is_change=False).search(), not view.is_change),
            _entry("Change", replace(view, is_change=True).search(), view.is_change),
        ],
        "Colour by",
    )


def _continents(view: GeographicView) -> Component:
    return _nav(
        [
            _entry(entry.label, replace(view, continent=key).search(), key == view.continent)
            for key, entry in CONTINENTS.items()
        ],
        "Continent",
    )


def _with_metric(view: GeographicView, key: str) -> str:
    return replace(view, metric=key, sort="").search()


def _entry(label: str, href: str, is_current: bool) -> Component:
    link: Component = dbc.NavLink(label, href=href, active=is_current)
    return link


def _nav(entries: list[Component], label: str) -> Component:
    return html.Nav(
        dbc.Nav(entries, class_name="segments"), **html_attributes({"aria-label": label})
    )
