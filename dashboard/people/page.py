"""People and tokens: users, API tokens and the audit trail."""

from datetime import datetime
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.people.actions import ROLES, TOKEN_ROLES, AccountActions, DatabaseAway
from analytics.permission.actor import Actor, NotAllowed
from analytics.services.services import Services
from dashboard.core import addresses, ids, url_state
from dashboard.page.page import CustomPage, Tab
from dashboard.people import tables
from dashboard.people.changes import FAULTS, ChangeOutcome, add_person, add_token, apply_change
from dashboard.widgets import states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon

LISTS = ("people-list", "token-list", "trail-list")
NOTICE = "people-notice"


def layout() -> Component:
    """Frames and forms; a callback fills the lists, for admins only."""
    return html.Main(
        [
            html.H1("People and tokens", className="visually-hidden"),
            html.Div(id=NOTICE, className="people-notice", role="status"),
            html.Div(
                [
                    _panel(
                        "People",
                        "analysts read; admins also change",
                        LISTS[0],
                        _form("person", "E-mail of a new person", ROLES, "Add person"),
                    ),
                    _panel(
                        "Tokens",
                        "for programs, as Authorization: Bearer",
                        LISTS[1],
                        _form("token", "Name of a new token", TOKEN_ROLES, "Create token"),
                    ),
                    _panel("Audit trail", "changes, newest first", LISTS[2], None),
                ],
                className="panels",
                id="people-panels",
            ),
        ],
        className="page",
    )


def register(app: dash.Dash, services: Services) -> None:
    """Apply the clicked change, then refresh all lists."""
    accounts = services.accounts

    @app.callback(
        *(Output(name, "children") for name in LISTS),
        Output(NOTICE, "children"),
        Output("person-name", "value"),
        Output("token-name", "value"),
        Input("person-add", "n_clicks"),
        Input("token-add", "n_clicks"),
        Input({"type": "people-act", "act": ALL, "subject": ALL}, "n_clicks"),
        Input(ids.ZONE, "data"),
        State("person-name", "value"),
        State("person-role", "value"),
        State("token-name", "value"),
        State("token-role", "value"),
    )
    def show(
        _person: int, _token: int, _acts: list[int], zone: object, *form: str | None
    ) -> tuple[Any, ...]:
        actor = services.viewer()
        if actor is None or not actor.is_admin:
            return (*_admins_only(), None, no_update, no_update)
        try:
            outcome = _perform(accounts, actor, form)
            return (
                *_lists(accounts, actor, services.now(), zone),
                _notice(outcome),
                *_form_values(outcome),
            )
        except DatabaseAway:
            return (*_database_away(), no_update, no_update, no_update)


def _perform(
    actions: AccountActions, actor: Actor, form: tuple[str | None, ...]
) -> ChangeOutcome | None:
    button_id = ctx.triggered_id
    if not button_id or button_id == ids.ZONE or not ctx.triggered[0]["value"]:
        return None
    email, role, name, token_role = (text or "" for text in form)
    try:
        if button_id == "person-add":
            return add_person(actions, actor, email.strip(), role)
        if button_id == "token-add":
            return add_token(actions, actor, name.strip(), token_role)
        return apply_change(actions, actor, button_id["act"], button_id["subject"])
    except NotAllowed as fault:
        return ChangeOutcome(str(fault), is_fault=True)
    except tuple(FAULTS) as fault:
        return ChangeOutcome(FAULTS[type(fault)] or str(fault), is_fault=True)


def _lists(
    actions: AccountActions, actor: Actor, now: datetime, zone: object
) -> tuple[Component, ...]:
    local = url_state.zone_for(url_state.View(), zone)
    return (
        tables.people(actions.people(actor), now, local),
        tables.tokens(actions.tokens(actor), now, local),
        tables.trail(actions.trail(actor)[:50], now, local),
    )


def _notice(outcome: ChangeOutcome | None) -> Component | None:
    if outcome is None:
        return None
    css_class = "banner" if outcome.is_fault else "banner banner-calm"
    secret = states.snippet(outcome.secret) if outcome.secret else None
    return html.Div(
        [icon("warning" if outcome.is_fault else "check"), html.Span(outcome.message), secret],
        className=css_class,
    )


def _form_values(outcome: ChangeOutcome | None) -> tuple[Any, Any]:
    keeps_form = outcome is None or outcome.is_fault
    return (no_update, no_update) if keeps_form else ("", "")


def _admins_only() -> list[Any]:
    text = "Only an admin may see and change people and tokens."
    return [html.P(text, className="state-words padded")] * len(LISTS)


def _database_away() -> list[Any]:
    text = "The database does not answer. Nothing was changed; reload the page to try again."
    return [html.P(text, className="state-words padded")] * len(LISTS)


def _panel(title: str, unit: str, list_id: str, form: Component | None) -> Component:
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


def _form(kind: str, label: str, roles: tuple[str, ...], verb: str) -> Component:
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
                **html_attributes({"aria-label": f"Role of the new {kind}"}),
            ),
            button(verb, f"{kind}-add"),
        ],
        className="form-row",
    )


PAGE = CustomPage(
    address=addresses.PEOPLE,
    title="People and tokens",
    tab=Tab(label="People", is_for_admins=True),
    layout=layout,
    register=register,
)
