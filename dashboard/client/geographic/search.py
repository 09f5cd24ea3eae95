"""The field that searches the table of countries; the browser hides the other rows at once."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output
from dash.development.base_component import Component

from dashboard.core import ids
from dashboard.core.url_state import LONGEST_VALUE

FIELD = "find-country"


def layout() -> Component:
    """The field."""
    field: Component = dbc.Input(
        id=FIELD, type="search", placeholder="Find a country", class_name="find-country",
        html_size="16", maxlength=LONGEST_VALUE, autocomplete="off",
    )  # fmt: skip
    return field


def add_callbacks(app: Any) -> None:
    """The field follows the URL, and the URL what is typed, once nobody types any more."""
    app.clientside_callback(
        ClientsideFunction("map", "found"), Output(FIELD, "value"), Input(ids.URL, "search")
    )
    app.clientside_callback(
        ClientsideFunction("map", "find"),
        Output(FIELD, "key"),
        Input(FIELD, "value"),
        prevent_initial_call=True,
    )
