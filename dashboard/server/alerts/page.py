"""The Alerts page: its callbacks.

Lists are redrawn on every tick, forms only when the URL changes or a command ran.
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from analytics.alerting.services.reports import NoSuchRecord, TooManyAlerts
from analytics.people.actions import DatabaseAway
from analytics.permission.actor import Actor
from analytics.services.services import Services
from dashboard.core import addresses, ids, url_state
from dashboard.page.page import CustomPage, Tab
from dashboard.server.alerts import bar, commands
from dashboard.server.alerts.commands import Command, Outcome
from dashboard.server.alerts.core import alert_ids
from dashboard.server.alerts.core.services import AlertsPageData, load_page_data
from dashboard.server.alerts.core.url_state import HISTORY_RANGE, AlertsUrlState, read_url_state
from dashboard.server.alerts.editor import callbacks, editor
from dashboard.server.alerts.layout import layout
from dashboard.server.alerts.lists import (
    active,
    changes,
    deliveries,
    history,
    recipients,
    rules,
    silences,
    timeline,
)
from dashboard.widgets import failure
from dashboard.widgets.pieces import icon
from models.metrics.dimensions import SERVER_DIMENSIONS

logger = logging.getLogger(__name__)
CallbackOutputs = tuple[Any, ...]
CurrentActor = Callable[[], Actor | None]
LISTS: dict[str, tuple[Callable[[AlertsPageData], Component], ...]] = {
    "active": (active.layout, changes.layout, deliveries.compact_layout),
    "history": (history.layout,),
    "rules": (rules.layout,),
    "deliveries": (deliveries.layout,),
    "recipients": (recipients.layout,),
    "silences": (silences.layout,),
}
FORMS: dict[str, Callable[[AlertsPageData], Component]] = {
    "recipients": lambda _: recipients.form(),
    "silences": silences.form,
}
RULE_COMMANDS = frozenset({"rule-save", "rule-delete"})


def register(app: dash.Dash, services: Services) -> None:
    """Register the callbacks that fill the page and run the commands of an admin."""
    alerts, current_actor, now = services.alerts, services.viewer, services.now

    @app.callback(
        Output(alert_ids.BAR, "children"),
        Output(alert_ids.LISTS, "children"),
        Output(alert_ids.GRID, "className"),
        Output(alert_ids.BANNER, "children"),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
        Input(ids.TICK, "data"),
        Input("alerts-retry", "n_clicks"),
    )
    def show(search: str, zone: object, *_clock: object) -> CallbackOutputs:
        state = read_url_state(search)
        outputs: CallbackOutputs = _guarded(
            current_actor,
            lambda actor: _lists(load_page_data(alerts, state, now(), zone, actor)),
            lambda banner: (no_update, no_update, no_update, banner),
        )
        return outputs

    @app.callback(
        Output(alert_ids.SIDE, "children"),
        Output(alert_ids.NOTICE, "children", allow_duplicate=True),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
        Input(alert_ids.OUTCOME, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show_side(search: str, zone: object, executed: dict[str, Any] | None) -> CallbackOutputs:
        state, last = read_url_state(search), executed or {}
        is_command = ctx.triggered_id == alert_ids.OUTCOME
        if is_command and not _concerns_side(state, last.get("command", "")):
            return no_update, no_update
        side = _guarded(
            current_actor,
            lambda actor: _side(load_page_data(alerts, state, now(), zone, actor)),
            lambda banner: banner,
        )
        return side, no_update if last.get("search") == search else None

    @app.callback(
        Output(alert_ids.NOTICE, "children"),
        Output(alert_ids.OUTCOME, "data"),
        Output(ids.URL, "search", allow_duplicate=True),
        Output(ids.TICK, "data", allow_duplicate=True),
        Output({"type": "alerts-fault", "form": ALL, "name": ALL}, "children"),
        Input({"type": "alerts-command", "command": ALL, "subject": ALL}, "n_clicks"),
        State({"type": "alerts-field", "form": ALL, "name": ALL}, "value"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        prevent_initial_call=True,
        running=[(Output(alert_ids.GRID, "aria-busy"), "true", "false")],
    )
    def run_command(
        _clicks: list[int], values: list[Any], search: str, zone: object
    ) -> CallbackOutputs:
        trigger, faults = ctx.triggered_id, ctx.outputs_list[4]
        is_pressed = isinstance(trigger, dict) and ctx.triggered[0]["value"]
        actor = current_actor() if is_pressed else None
        if actor is None:
            return no_update, no_update, no_update, no_update, [no_update] * len(faults)
        name, subject = trigger["command"], trigger["subject"]
        form = commands.form_of(name, subject)
        state = read_url_state(search)
        command = Command(
            services=alerts, actor=actor, subject=subject, form=form, now=now(),
            values=_form_values(form, ctx.states_list[0], values),
            zone=url_state.zone_for(state, zone),
        )  # fmt: skip
        outcome = _perform(name, command)
        target = _redirect(state, outcome)
        destination = search if target is None else target
        executed = {"command": name, "at": now().isoformat(), "search": destination}
        return (
            _notice(outcome),
            no_update if outcome.is_fault else executed,
            no_update if target is None else target,
            no_update if outcome.field else f"done {now().isoformat()}",
            [_field_message(outcome, output["id"]) for output in faults],
        )

    callbacks.register(app, services)
    _register_in_browser(app)


def _register_in_browser(app: Any) -> None:
    """A menu with an invalid field opens again."""
    app.clientside_callback(
        ClientsideFunction("page", "faulty"),
        Output(alert_ids.NOTICE, "title"),
        Input({"type": "alerts-fault", "form": ALL, "name": ALL}, "children"),
        prevent_initial_call=True,
    )


def _lists(page_data: AlertsPageData) -> CallbackOutputs:
    list_name = page_data.url_state.list_name
    panels = [draw(page_data) for draw in LISTS[list_name]]
    classes = ["alerts-grid", f"of-{list_name}"]
    classes += [] if _has_side(page_data) else ["is-wide"]
    classes += ["has-selection"] if _has_selection(page_data.url_state) else []
    return bar.layout(page_data), panels, " ".join(classes), None


def _has_selection(state: AlertsUrlState) -> bool:
    return state.edit is not None or state.alert is not None


def _has_side(page_data: AlertsPageData) -> bool:
    state = page_data.url_state
    has_form = page_data.is_admin and state.list_name in FORMS
    return _has_selection(state) or state.list_name == "active" or has_form


def _side(page_data: AlertsPageData) -> Any:
    try:
        return _selected_panels(page_data) or _default_panels(page_data)
    except NoSuchRecord as fault:
        return html.P(str(fault), className="state-words padded")


def _selected_panels(page_data: AlertsPageData) -> list[Component]:
    """The panels of the selection in the URL: a rule, or an alert with its rule's preview."""
    state = page_data.url_state
    if state.edit is not None:
        return [editor.layout(page_data, state.edit)]
    alert = active.selected_alert(page_data) if state.list_name == "active" else state.alert
    if alert is None:
        return []
    panel = timeline.layout(page_data, alert)
    live = next((entry for entry in page_data.alerts if entry.id == alert), None)
    if live is None or live.rule_id not in page_data.rules:
        return [panel]
    return [panel, editor.layout(page_data, live.rule_id, live.labels)]


def _default_panels(page_data: AlertsPageData) -> list[Component]:
    """What stands beside a list without a selection."""
    list_name = page_data.url_state.list_name
    if list_name == "active":
        return [rules.layout(page_data)]
    return [FORMS[list_name](page_data)] if page_data.is_admin and list_name in FORMS else []


def _concerns_side(state: AlertsUrlState, command: str) -> bool:
    """Whether a command redraws the side: a rule in the editor is only redrawn by its own."""
    return command in RULE_COMMANDS if state.edit is not None else True


def _guarded(
    current_actor: CurrentActor, render: Callable[[Actor], Any], fallback: Callable[[Any], Any]
) -> Any:
    actor = current_actor()
    if actor is None:
        return fallback(None)
    try:
        return render(actor)
    except DatabaseAway:
        return fallback(failure.banner(""))
    except TooManyAlerts as fault:
        return fallback(html.Div(html.Span(str(fault)), className="banner"))
    except Exception:
        reference = uuid4().hex[:8]
        logger.exception("The page of alerts could not be drawn (%s)", reference)
        return fallback(failure.banner(reference))


def _form_values(form: str, form_fields: list[dict[str, Any]], values: list[Any]) -> dict[str, Any]:
    return {
        form_field["id"]["name"]: value
        for form_field, value in zip(form_fields, values, strict=True)
        if form_field["id"]["form"] == form
    }


def _perform(name: str, command: Command) -> Outcome:
    try:
        return commands.perform(name, command)
    except DatabaseAway:
        message = "The database does not answer. Nothing was changed; try again."
        return Outcome(message=message, is_fault=True)


def _redirect(state: AlertsUrlState, outcome: Outcome) -> str | None:
    """The URL to go to after a command, `None` to stay."""
    if outcome.rule is not None and state.edit != outcome.rule:
        return state.editor_address(outcome.rule)
    if outcome.closes_editor and state.edit is not None:
        return state.editor_address(None)
    return None


def _field_message(outcome: Outcome, field_id: dict[str, str]) -> str:
    is_form = outcome.is_fault and field_id["form"] == outcome.form
    return outcome.message if is_form and field_id["name"] == outcome.field else ""


def _notice(outcome: Outcome) -> Component | None:
    """The message above the page; the short forms have their faults beside the field instead."""
    if outcome.field and outcome.form != alert_ids.RULE_FORM:
        return None
    variant = "banner" if outcome.is_fault else "banner banner-calm"
    message = outcome.message
    if outcome.field:
        field = alert_ids.field_label(outcome.field).capitalize()
        message = f"Nothing was changed. {field}: {outcome.message}"
    symbol = icon("warning" if outcome.is_fault else "check")
    return html.Div([symbol, html.Span(message)], className=variant)


PAGE = CustomPage(
    address=addresses.SERVER_ALERTS,
    title="Alerts",
    tab=Tab(
        label="Alerts",
        section="Server",
        dimensions=SERVER_DIMENSIONS,
        default_range=HISTORY_RANGE,
        has_firing_count=True,
    ),
    layout=layout,
    register=register,
)
