"""The control above the matrix: made of hours, or of equal sessions. Each is a link to a view."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.client.correlation.core.url_state import BY_HOURS, BY_SESSIONS, CorrelationView
from dashboard.widgets.attributes import html_attributes

LABELS = {BY_HOURS: "Over time", BY_SESSIONS: "Among equal sessions"}


def layout(view: CorrelationView) -> list[Component]:
    """The control for one view."""
    entries = [
        dbc.NavLink(label, href=view.made_by(by), active=by == view.by)
        for by, label in LABELS.items()
    ]
    segments = dbc.Nav(entries, class_name="segments")
    return [html.Nav(segments, **html_attributes({"aria-label": "Matrix made of"}))]
