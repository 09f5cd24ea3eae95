"""`/admin/setup`: choose what is measured, copy its lines, and watch who knocks."""

from typing import Any
from uuid import uuid4

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from analytics.setup.setup import Setup
from dashboard.core import addresses, ids, url_state
from dashboard.page.page import CustomPage, Tab
from dashboard.people.changes import ChangeOutcome
from dashboard.people.frames import notice
from dashboard.server.testing.command import origin
from dashboard.setup import first_chart, knock_list, snippets
from dashboard.setup.snippets import KINDS
from dashboard.widgets import panel, states
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button

KIND, APP, LINES, TOKEN = "setup-kind", "setup-app", "setup-lines", "setup-token"
TIMER, NOTICE = "setup-timer", "setup-notice"
LISTS = ("setup-accepted", "setup-refused", "setup-allowed")
CHART = first_chart.PANEL
REFRESH_MS = 2_000
AWAY = "The database does not answer. Nothing was changed; try again."


def layout() -> Component:
    """The form, the frames of the lists, and the chart; callbacks fill them."""
    return html.Main(
        [
            html.H1("Set up", className="visually-hidden"),
            dcc.Interval(id=TIMER, interval=REFRESH_MS),
            html.Div(id=NOTICE, className="people-notice", role="status"),
            html.Div(
                [
                    _frame("1. What do you measure?", "", [_form(), html.Div(id=LINES)]),
                    _frame(
                        "2. What knocks",
                        "within the last hour, follows by itself",
                        [html.Div(id=LISTS[0], className="table-scroll")],
                    ),
                    _frame(
                        "Refused",
                        "an origin that is allowed here is let in within seconds",
                        [html.Div(id=name, className="table-scroll") for name in LISTS[1:]],
                    ),
                    panel.layout(CHART),
                ],
                className="panels setup",
            ),
        ],
        className="page",
    )


def register(app: dash.Dash, services: Services) -> None:
    """Write the lines of the choice, list what knocks, draw the first chart."""
    _register_lines(app, services)
    _register_lists(app, services)
    _register_chart(app, services)


def _register_lines(app: dash.Dash, services: Services) -> None:
    @app.callback(
        Output(LINES, "children"),
        Output(NOTICE, "children"),
        Output(TOKEN, "hidden"),
        Input(KIND, "value"),
        Input(APP, "value"),
        Input(TOKEN, "n_clicks"),
    )
    def lines(kind_name: str, app_name: str | None, _clicks: int) -> tuple[Any, Any, bool]:
        kind, name = KINDS.get(kind_name, KINDS["page"]), snippets.app_of(app_name)
        outcome = None
        if ctx.triggered_id == TOKEN and kind.is_server:
            outcome = _token(services, name)
        actor = services.viewer()
        is_hidden = not (kind.is_server and actor is not None and actor.is_admin)
        token = outcome.secret if outcome is not None else ""
        url = origin(services.settings.public_url)
        blocks = snippets.snippets(
            kind, url=url, app=name, monitor=services.setup.monitor, token=token
        )
        return _blocks(blocks), notice(outcome), is_hidden


def _register_lists(app: dash.Dash, services: Services) -> None:
    @app.callback(
        *(Output(name, "children") for name in LISTS),
        Output(NOTICE, "children", allow_duplicate=True),
        Input(TIMER, "n_intervals"),
        Input({"type": knock_list.ALLOW, "purpose": ALL, "origin": ALL}, "n_clicks"),
        Input({"type": knock_list.WITHDRAW, "purpose": ALL, "origin": ALL}, "n_clicks"),
        State(ids.ZONE, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def lists(
        _count: int, _allowed: list[int], _withdrawn: list[int], zone: object
    ) -> tuple[Any, ...]:
        actor = services.viewer()
        try:
            outcome = _change(services.setup, actor)
            knocks, allowed = services.setup.knocks(), services.setup.allowed()
        except DatabaseAway:
            return (*[no_update] * len(LISTS), notice(ChangeOutcome(AWAY, is_fault=True)))
        is_admin = actor is not None and actor.is_admin
        now, local = services.now(), url_state.zone_for(url_state.View(), zone)
        return (
            knock_list.accepted(knocks, now, local),
            knock_list.refused(knocks, now, local, is_admin=is_admin),
            knock_list.allowed(allowed, is_admin=is_admin),
            no_update if outcome is None else notice(outcome),
        )


def _register_chart(app: dash.Dash, services: Services) -> None:
    @app.callback(
        Output(ids.part(CHART.name, "frame"), "className"),
        Output(ids.part(CHART.name, "unit"), "children"),
        Output(ids.drawing(CHART.name), "data"),
        Output(ids.part(CHART.name, "foot"), "children"),
        Output(ids.part(CHART.name, "state"), "children"),
        Output(ids.part(CHART.name, "table"), "data"),
        Input(TIMER, "n_intervals"),
        Input(APP, "value"),
        State(ids.ZONE, "data"),
    )
    def chart(_count: int, app_name: str | None, zone: object) -> tuple[Any, ...]:
        name, now = snippets.app_of(app_name), services.now()
        try:
            summary = first_chart.read(services.reports, name, now)
        except DatabaseAway:
            return (no_update,) * 6
        local = url_state.zone_for(url_state.View(), zone)
        content = first_chart.draw(summary, name, now, local)
        state = [html.P(content.empty_text, className="state-words")] if content.is_empty else None
        return (
            f"panel {CHART.css_class} {'is-empty' if state else 'is-ready'} is-alone",
            content.unit,
            {"figure": content.body, "label": content.label},
            [] if state else [html.Span(text) for text in content.foot],
            state,
            {"columns": content.table.columns, "rows": content.table.rows},
        )


def _change(setup: Setup, actor: Actor | None) -> ChangeOutcome | None:
    """What a pressed button changed, `None` where none was."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or not ctx.triggered[0]["value"] or actor is None:
        return None
    purpose, name = str(pressed["purpose"]), str(pressed["origin"])
    try:
        if pressed["type"] == knock_list.ALLOW:
            name = setup.allow(actor, purpose, name)
            return ChangeOutcome(f"{name} may send {purpose}. Every worker follows within seconds.")
        name = setup.withdraw(actor, purpose, name)
        return ChangeOutcome(f"{name} may send {purpose} no longer.")
    except (NotAllowed, InvalidChange) as fault:
        return ChangeOutcome(str(fault), is_fault=True)


def _token(services: Services, app_name: str) -> ChangeOutcome:
    """A token for a server, of the role ingest; its name says what it was made for."""
    actor = services.viewer()
    if actor is None:
        return ChangeOutcome("Sign in first.", is_fault=True)
    name = f"{app_name} {uuid4().hex[:6]}"
    try:
        secret = services.accounts.add_token(actor, name, "ingest")
    except (NotAllowed, InvalidChange) as fault:
        return ChangeOutcome(str(fault), is_fault=True)
    except DatabaseAway:
        return ChangeOutcome(AWAY, is_fault=True)
    return ChangeOutcome(f"The token {name} was created. Its secret is displayed once.", secret)


def _form() -> Component:
    options: Any = [{"label": kind.label, "value": name} for name, kind in KINDS.items()]
    return html.Div(
        [
            html.Div(
                dcc.RadioItems(
                    id=KIND, options=options, value="page", inline=True, className="role-choice"
                ),
                role="radiogroup",
                className="setup-kinds",
                **html_attributes({"aria-label": "What do you measure?"}),
            ),
            html.Label("Name of the app", htmlFor=APP, className="field-label"),
            html.Div(
                [
                    dcc.Input(
                        id=APP, type="text", value=snippets.DEFAULT_APP, debounce=0.4,
                        maxLength=snippets.LONGEST_APP, autoComplete="off", className="field",
                    ),
                    button("Create a token", TOKEN, hidden=True),
                ],
                className="form-row",
            ),
        ],
        className="setup-form",
    )  # fmt: skip


def _blocks(blocks: list[tuple[str, str]]) -> list[Component]:
    return [
        html.Div([html.P(step, className="state-words"), states.snippet(text)], className="lines")
        for step, text in blocks
    ]


def _frame(title: str, unit: str, children: list[Component]) -> Component:
    head = [html.H2(title, className="panel-title"), html.Span(unit, className="panel-unit")]
    return html.Section(
        [html.Header(head, className="panel-head"), *children],
        className="panel panel-natural panel-full",
    )


PAGE = CustomPage(
    address=addresses.SETUP,
    title="Set up",
    tab=Tab(label="Set up"),
    layout=layout,
    register=register,
)
