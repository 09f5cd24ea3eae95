"""Frames of the pages of people and of the own account: panels, forms, messages."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.people.changes import ChangeOutcome
from dashboard.widgets import states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon


def notice(outcome: ChangeOutcome | None) -> Component | None:
    """The message about a change, with the secret that is displayed once."""
    if outcome is None:
        return None
    css_class = "banner" if outcome.is_fault else "banner banner-calm"
    secret = states.snippet(outcome.secret) if outcome.secret else None
    return html.Div(
        [icon("warning" if outcome.is_fault else "check"), html.Span(outcome.message), secret],
        className=css_class,
    )


def panel(title: str, unit: str, list_id: str, form: Component | None) -> Component:
    """A panel with a form and a list that a callback fills."""
    return html.Section(
        [
            html.Header(
                [
                    html.H2(title, className="panel-title"),
                    html.Span(unit, className="panel-unit"),
                ],
                className="panel-head",
            ),
            form,
            html.Div(id=list_id, className="table-scroll"),
        ],
        className="panel panel-natural panel-full",
    )


def name_form(
    kind: str, label: str, roles: Sequence[str], verb: str, choice: str = "Role"
) -> Component:
    """A name, a role or another choice, a button: `{kind}-name`, `{kind}-role`, `{kind}-add`."""
    return html.Div(
        [
            html.Label(label, htmlFor=f"{kind}-name", className="visually-hidden"),
            dcc.Input(
                id=f"{kind}-name",
                type="text",
                placeholder=label,
                maxLength=254,
                autoComplete="off",
                className="field",
            ),
            html.Div(
                dcc.RadioItems(
                    id=f"{kind}-role",
                    options=list(roles),
                    value=roles[0],
                    inline=True,
                    className="role-choice",
                ),
                role="radiogroup",
                **html_attributes({"aria-label": f"{choice} of the new {kind.rpartition('-')[2]}"}),
            ),
            button(verb, f"{kind}-add"),
        ],
        className="form-row",
    )
