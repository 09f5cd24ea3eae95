"""The metric that is drawn: a menu of all that are judged."""

from dash import html
from dash.development.base_component import Component

from analytics.anomalies import naming
from analytics.anomalies.selection import FIRST
from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.widgets.pieces import icon, link, menu


def layout(view: AnomaliesView) -> list[Component]:
    """The menu; without a metric in the URL that of the most severe incident is drawn."""
    label = naming.label_of(view.source, view.metric) if view.metric else "most unusual"
    keys = dict.fromkeys((*FIRST[view.source], *naming.keys_of(view.source)))
    entries = [_entry("Most unusual", view, "")]
    entries += [_entry(naming.label_of(view.source, key), view, key) for key in keys]
    return [
        menu(
            ["Metric", html.B(label), icon("chevron")],
            html.Div(entries, className="entries entries-long"),
            "menu-metric",
            "Metric that is drawn",
        )
    ]


def _entry(label: str, view: AnomaliesView, key: str) -> Component:
    is_current = key == view.metric
    return link(label, view.drawing(key), "entry is-chosen" if is_current else "entry")
