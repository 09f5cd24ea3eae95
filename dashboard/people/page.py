"""People and tokens: users, API tokens and the audit trail."""

from datetime import datetime
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from analytics.people.actions import ROLES, TOKEN_ROLES, AccountActions, DatabaseAway
from analytics.permission.actor import Actor, NotAllowed
from analytics.services.services import Services
from dashboard.core import addresses, ids, url_state
from dashboard.page.page import CustomPage, Tab
from dashboard.people import tables, wall_links
from dashboard.people.changes import FAULTS, ChangeOutcome, add_person, add_token, apply_change
from dashboard.people.frames import name_form, notice, panel

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
                    panel(
                        "People",
                        "analysts read; admins also change",
                        LISTS[0],
                        name_form("person", "E-mail of a new person", ROLES, "Add person"),
                    ),
                    panel(
                        "Tokens",
                        "for programs, as Authorization: Bearer",
                        LISTS[1],
                        name_form("token", "Name of a new token", TOKEN_ROLES, "Create token"),
                    ),
                    wall_links.layout(),
                    panel("Audit trail", "changes, newest first", LISTS[2], None),
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
    wall_links.register(app, services)

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
                notice(outcome),
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


def _form_values(outcome: ChangeOutcome | None) -> tuple[Any, Any]:
    keeps_form = outcome is None or outcome.is_fault
    return (no_update, no_update) if keeps_form else ("", "")


def _admins_only() -> list[Any]:
    text = "Only an admin may see and change people and tokens."
    return [html.P(text, className="state-words padded")] * len(LISTS)


def _database_away() -> list[Any]:
    text = "The database does not answer. Nothing was changed; reload the page to try again."
    return [html.P(text, className="state-words padded")] * len(LISTS)


PAGE = CustomPage(
    address=addresses.PEOPLE,
    title="People and tokens",
    tab=Tab(label="People", is_for_admins=True),
    layout=layout,
    register=register,
)
