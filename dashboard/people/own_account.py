"""Your account: the own password, and the tokens of the own programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.people.actions import ROLES, DatabaseAway
from analytics.people.credentials import MIN_LENGTH
from analytics.people.own_account import (
    OwnAccount,
    TooManyAttempts,
    WrongPassword,
    token_roles,
)
from analytics.permission.actor import Actor, NotAllowed
from analytics.services.services import Services
from dashboard.core import addresses, ids, url_state
from dashboard.page.page import CustomPage, Tab
from dashboard.people import tables
from dashboard.people.changes import FAULTS, ChangeOutcome
from dashboard.people.frames import name_form, notice, panel
from dashboard.widgets.pieces import button

NOTICE, LIST, ROLE = "own-notice", "own-token-list", "own-token-role"
PASSWORDS = ("own-current", "own-new", "own-repeat")
REVOKE = "own-revoke"
SAVE = "own-password-save"


def layout() -> Component:
    """Frames and forms; a callback fills the list of tokens."""
    return html.Main(
        [
            html.H1("Your account", className="visually-hidden"),
            html.Div(id=NOTICE, className="people-notice", role="status"),
            html.Div(
                [
                    panel("Password", "ends your sign-ins elsewhere", "own-sign-ins", _passwords()),
                    panel(
                        "Your tokens",
                        "for your own programs, as Authorization: Bearer",
                        LIST,
                        name_form("own-token", "Name of a new token", ROLES[:1], "Create token"),
                    ),
                ],
                className="panels",
            ),
        ],
        className="page",
    )


def register(app: dash.Dash, services: Services) -> None:
    """Apply the change, then refresh the list."""

    @app.callback(
        Output(LIST, "children"),
        Output(NOTICE, "children"),
        Output(ROLE, "options"),
        *(Output(name, "value") for name in PASSWORDS),
        Output("own-token-name", "value"),
        Input(SAVE, "n_clicks"),
        Input(PASSWORDS[-1], "n_submit"),
        Input("own-token-add", "n_clicks"),
        Input({"type": REVOKE, "act": ALL, "subject": ALL}, "n_clicks"),
        Input(ids.ZONE, "data"),
        *(State(name, "value") for name in PASSWORDS),
        State("own-token-name", "value"),
        State(ROLE, "value"),
    )
    def show(
        _save: int, _enter: int, _add: int, _acts: list[int], zone: object, *form: str | None
    ) -> tuple[Any, ...]:
        actor, account = services.viewer(), services.own_account
        if actor is None or actor.account_id is None:
            return _nobody()
        try:
            outcome = _perform(account, actor, [text or "" for text in form])
            listed = _tokens(account, actor, services.now(), zone)
        except DatabaseAway:
            fault = ChangeOutcome("The database does not answer. Try again.", is_fault=True)
            return (no_update, notice(fault), *[no_update] * 5)
        cleared = no_update if outcome is None or outcome.is_fault else ""
        return (listed, notice(outcome), list(token_roles(actor)), *[cleared] * 4)


def _perform(account: OwnAccount, actor: Actor, form: list[str]) -> ChangeOutcome | None:
    """The outcome of what was pressed, `None` where nothing was."""
    pressed = ctx.triggered_id
    if not pressed or pressed == ids.ZONE or not ctx.triggered[0]["value"]:
        return None
    *passwords, name, role = form
    try:
        if pressed in (SAVE, PASSWORDS[-1]):
            return _set_password(account, actor, *passwords)
        if pressed == "own-token-add":
            secret = account.add_token(actor, name.strip(), role or token_roles(actor)[0])
            text = f"The token {name.strip()} was created. Its secret is displayed once."
            return ChangeOutcome(text, secret)
        account.remove_token(actor, UUID(pressed["subject"]))
        return ChangeOutcome("The token was revoked.")
    except NotAllowed as fault:
        return ChangeOutcome(str(fault), is_fault=True)
    except tuple(FAULTS) as fault:
        return ChangeOutcome(FAULTS[type(fault)] or str(fault), is_fault=True)


def _set_password(
    account: OwnAccount, actor: Actor, current: str, new: str, repeated: str
) -> ChangeOutcome:
    if new != repeated:
        return ChangeOutcome("The new password was typed in two ways.", is_fault=True)
    try:
        account.set_password(actor, current, new)
    except WrongPassword:
        return ChangeOutcome("The current password is another.", is_fault=True)
    except TooManyAttempts as fault:
        minutes = -(-fault.wait_seconds // 60)
        return ChangeOutcome(f"Too many attempts. Try again in {minutes} min.", is_fault=True)
    return ChangeOutcome("Your password was changed. Your sign-ins elsewhere have ended.")


def _tokens(account: OwnAccount, actor: Actor, now: datetime, zone: object) -> Component:
    local = url_state.zone_for(url_state.View(), zone)
    return tables.tokens(account.tokens(actor), now, local, kind=REVOKE)


def _nobody() -> tuple[Any, ...]:
    text = "Only a person who is signed in has an account."
    return (html.P(text, className="state-words padded"), None, *[no_update] * 5)


def _passwords() -> Component:
    labels = ("Current password", f"New password, {MIN_LENGTH} characters or more", "New again")
    return html.Div(
        [
            *(
                html.Label(
                    [
                        html.Span(label, className="field-label"),
                        dcc.Input(
                            id=name,
                            type="password",
                            maxLength=256,
                            autoComplete="new-password" if index else "current-password",
                            className="field",
                        ),
                    ],
                    className="form-field",
                )
                for index, (name, label) in enumerate(zip(PASSWORDS, labels, strict=True))
            ),
            button("Change password", SAVE),
        ],
        className="form-row form-row-fields",
    )


PAGE = CustomPage(
    address=addresses.ACCOUNT,
    title="Your account",
    tab=Tab(label="Your account"),
    layout=layout,
    register=register,
)
