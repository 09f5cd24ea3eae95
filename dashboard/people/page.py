"""People and tokens: who may sign in, which programs may send or read, and who changed it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.people.actions import ROLES, TOKEN_ROLES, Actions, DatabaseAway
from analytics.permission.actor import Actor, NotAllowed
from dashboard.core import ids, url_state
from dashboard.people import tables
from dashboard.people.changes import FAULTS, Done, add_person, add_token, change
from dashboard.widgets import states
from dashboard.widgets.pieces import button, icon

LISTS = ("people-list", "token-list", "trail-list")
NOTICE = "people-notice"


def layout() -> Component:
    """Frames and forms; the lists come by callback, for admins alone."""
    return html.Main(
        [
            html.H1("People and tokens", className="visually-hidden"),
            html.Div(id=NOTICE, className="people-notice", role="status"),
            html.Div(
                [
                    _panel(
                        "People",
                        "may look; admins may change",
                        LISTS[0],
                        _form("person", "E-mail of a new person", ROLES, "Add person"),
                    ),
                    _panel(
                        "Tokens",
                        "for programs, as Authorization: Bearer",
                        LISTS[1],
                        _form("token", "Name of a new token", TOKEN_ROLES, "Make token"),
                    ),
                    _panel("Changes", "newest first", LISTS[2], None),
                ],
                className="panels",
                id="people-panels",
            ),
        ],
        className="page",
    )


def register(
    app: dash.Dash,
    actions: Actions,
    viewer: Callable[[], Actor | None],
    now: Callable[[], datetime],
) -> None:
    """Do what an admin asks for, then show everything anew."""

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
        actor = viewer()
        if actor is None or not actor.is_admin:
            return (*_closed(), None, no_update, no_update)
        try:
            done = _do(actions, actor, form)
            return (*_lists(actions, actor, now(), zone), _notice(done), *_cleared(done))
        except DatabaseAway:
            return (*_away(), no_update, no_update, no_update)


def _do(actions: Actions, actor: Actor, form: tuple[str | None, ...]) -> Done | None:
    asked = ctx.triggered_id
    if not asked or asked == ids.ZONE or not ctx.triggered[0]["value"]:
        return None
    email, role, name, token_role = (text or "" for text in form)
    try:
        if asked == "person-add":
            return add_person(actions, actor, email.strip(), role)
        if asked == "token-add":
            return add_token(actions, actor, name.strip(), token_role)
        return change(actions, actor, asked["act"], asked["subject"])
    except NotAllowed as fault:
        return Done(str(fault), is_fault=True)
    except tuple(FAULTS) as fault:
        return Done(FAULTS[type(fault)] or str(fault), is_fault=True)


def _lists(actions: Actions, actor: Actor, now: datetime, zone: object) -> tuple[Component, ...]:
    local = url_state.zone_for(url_state.View(), zone)
    return (
        tables.people(actions.people(actor), now, local),
        tables.tokens(actions.tokens(actor), now, local),
        tables.trail(actions.trail(actor)[:50], now, local),
    )


def _notice(done: Done | None) -> Component | None:
    if done is None:
        return None
    look = "banner" if done.is_fault else "banner banner-calm"
    secret = states.snippet(done.secret) if done.secret else None
    return html.Div(
        [icon("warning" if done.is_fault else "check"), html.Span(done.words), secret],
        className=look,
    )


def _cleared(done: Done | None) -> tuple[Any, Any]:
    keep = done is None or done.is_fault
    return (no_update, no_update) if keep else ("", "")


def _closed() -> list[Any]:
    words = "Only an admin may see and change people and tokens."
    return [html.P(words, className="state-words padded")] * len(LISTS)


def _away() -> list[Any]:
    words = "The database does not answer. Nothing was changed; reload the page to try again."
    return [html.P(words, className="state-words padded")] * len(LISTS)


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
            dcc.RadioItems(
                id=f"{kind}-role",
                options=list(roles),
                value=roles[0],
                inline=True,
                className="role-choice",
            ),
            button(verb, f"{kind}-add"),
        ],
        className="form-row",
    )
