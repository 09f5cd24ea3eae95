"""The Alerts page: its frame, and what fills it. Lists follow the clock, forms only the address."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.alerting.services.reports import NoSuch, TooMany
from analytics.people.actions import DatabaseAway
from analytics.permission.actor import Actor
from dashboard.core import ids, url_state
from dashboard.server.alerts import bar, commands
from dashboard.server.alerts.commands import Command, Outcome
from dashboard.server.alerts.core import alert_ids
from dashboard.server.alerts.core.services import AlertServices, Reading, read
from dashboard.server.alerts.core.url_state import Place, read_place
from dashboard.server.alerts.editor import callbacks, editor
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
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import icon

logger = logging.getLogger(__name__)
Answer = tuple[Any, ...]
Viewer = Callable[[], Actor | None]
LISTS: dict[str, Callable[[Reading], Component]] = {
    "history": history.layout,
    "rules": rules.layout,
    "deliveries": deliveries.layout,
    "recipients": recipients.layout,
    "silences": silences.layout,
}
FORMS: dict[str, Callable[[Reading], Component]] = {
    "recipients": lambda _: recipients.form(),
    "silences": silences.form,
}
RULE_ACTS = frozenset({"rule-save", "rule-delete"})


def layout() -> Component:
    """Frames without data."""
    return html.Div(
        [
            html.Div(id=alert_ids.BAR, className="filter-bar alerts-bar"),
            html.Main(
                [
                    html.H1("Alerts", className="visually-hidden"),
                    html.Div(id=alert_ids.BANNER, role="status"),
                    html.Div(id=alert_ids.NOTICE, role="status"),
                    html.Div(
                        [html.Div(id=alert_ids.LISTS, className="alerts-lists"),
                         html.Div(id=alert_ids.SIDE, className="alerts-side")],
                        id=alert_ids.GRID,
                        className="alerts-grid",
                    ),
                    dcc.Store(id=alert_ids.DONE),
                    html.Button(
                        id="alerts-retry", n_clicks=0, hidden=True, **marked({"data-retry": "true"})
                    ),
                ],
                className="page",
            ),
        ]
    )  # fmt: skip


def register(
    app: dash.Dash, desk: AlertServices, viewer: Viewer, now: Callable[[], datetime]
) -> None:
    """Fill the page, and do what an admin asks for."""

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
    def show(search: str, zone: object, *_clock: object) -> Answer:
        place = read_place(search)
        shown: Answer = _guarded(
            viewer, lambda actor: _lists(read(desk, place, now(), zone, actor)),
            lambda banner: (no_update, no_update, no_update, banner),
        )  # fmt: skip
        return shown

    @app.callback(
        Output(alert_ids.SIDE, "children"),
        Output(alert_ids.NOTICE, "children", allow_duplicate=True),
        Input(ids.URL, "search"),
        Input(ids.ZONE, "data"),
        Input(alert_ids.DONE, "data"),
        prevent_initial_call="initial_duplicate",
    )
    def aside(search: str, zone: object, done: dict[str, Any] | None) -> Answer:
        place, last = read_place(search), done or {}
        if ctx.triggered_id == alert_ids.DONE and not _concerns_side(place, last.get("act", "")):
            return no_update, no_update
        side = _guarded(
            viewer,
            lambda actor: _side(read(desk, place, now(), zone, actor)),
            lambda banner: banner,
        )
        return side, no_update if last.get("search") == search else None

    @app.callback(
        Output(alert_ids.NOTICE, "children"),
        Output(alert_ids.DONE, "data"),
        Output(ids.URL, "search", allow_duplicate=True),
        Output(ids.TICK, "data", allow_duplicate=True),
        Output({"type": "alerts-fault", "form": ALL, "name": ALL}, "children"),
        Input({"type": "alerts-act", "act": ALL, "subject": ALL}, "n_clicks"),
        State({"type": "alerts-field", "form": ALL, "name": ALL}, "value"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        prevent_initial_call=True,
        running=[(Output(alert_ids.GRID, "aria-busy"), "true", "false")],
    )
    def act(_clicks: list[int], values: list[Any], search: str, zone: object) -> Answer:
        asked, faults = ctx.triggered_id, ctx.outputs_list[4]
        if not isinstance(asked, dict) or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update, no_update, [no_update] * len(faults)
        actor = viewer()
        if actor is None:
            return no_update, no_update, no_update, no_update, [no_update] * len(faults)
        form = commands.form_of(asked["act"], asked["subject"])
        own = _own_fields(form, ctx.states_list[0], values)
        place = read_place(search)
        done = _perform(
            asked["act"],
            Command(desk=desk, actor=actor, subject=asked["subject"], form=form, values=own,
                  now=now(), zone=url_state.zone_for(place, zone)),
        )  # fmt: skip
        target = _where_to(place, done)
        led_to = search if target is None else target
        told = {"act": asked["act"], "at": now().isoformat(), "search": led_to}
        return (
            _notice(done),
            no_update if done.is_fault else told,
            no_update if target is None else target,
            no_update if done.field else f"done {now().isoformat()}",
            [_fault_words(done, one["id"]) for one in faults],
        )

    callbacks.register(app, desk, viewer)
    _register_in_browser(app)


def _register_in_browser(app: Any) -> None:
    """A sheet whose field is at fault opens again."""
    app.clientside_callback(
        ClientsideFunction("page", "faulty"),
        Output(alert_ids.NOTICE, "title"),
        Input({"type": "alerts-fault", "form": ALL, "name": ALL}, "children"),
        prevent_initial_call=True,
    )


def _lists(reading: Reading) -> Answer:
    shown = reading.place.shown
    if shown == "active":
        found = [active.layout(reading), changes.layout(reading), deliveries.brief(reading)]
    else:
        found = [LISTS[shown](reading)]
    looks = ["alerts-grid", f"of-{shown}"]
    looks += [] if _has_side(reading) else ["is-wide"]
    looks += ["is-asked"] if _is_chosen(reading.place) else []
    return bar.layout(reading), found, " ".join(looks), None


def _is_chosen(place: Place) -> bool:
    return place.edit is not None or place.alert is not None


def _has_side(reading: Reading) -> bool:
    place = reading.place
    if _is_chosen(place) or place.shown == "active":
        return True
    return reading.is_admin and place.shown in FORMS


def _side(reading: Reading) -> Any:
    try:
        return _chosen(reading) or _beside(reading)
    except NoSuch as fault:
        return html.P(str(fault), className="state-words padded")


def _chosen(reading: Reading) -> list[Component]:
    """What the address names: a rule, or an alert with its rule drawn on its history."""
    place = reading.place
    if place.edit is not None:
        return [editor.layout(reading, place.edit)]
    alert = active.chosen_of(reading) if place.shown == "active" else place.alert
    if alert is None:
        return []
    told = timeline.layout(reading, alert)
    live = next((one for one in reading.alerts if one.id == alert), None)
    if live is None or live.rule_id not in reading.rules:
        return [told]
    return [told, editor.layout(reading, live.rule_id, live.labels)]


def _beside(reading: Reading) -> list[Component]:
    """What stands beside a list when nothing is chosen."""
    shown = reading.place.shown
    if shown == "active":
        return [rules.layout(reading)]
    return [FORMS[shown](reading)] if reading.is_admin and shown in FORMS else []


def _concerns_side(place: Place, act: str) -> bool:
    """A form that is being filled is not replaced by what was done elsewhere."""
    return act in RULE_ACTS if place.edit is not None else True


def _guarded(viewer: Viewer, ask: Callable[[Actor], Any], otherwise: Callable[[Any], Any]) -> Any:
    actor = viewer()
    if actor is None:
        return otherwise(None)
    try:
        return ask(actor)
    except DatabaseAway:
        return otherwise(failure.banner(""))
    except TooMany as fault:
        return otherwise(html.Div(html.Span(str(fault)), className="banner"))
    except Exception:
        mark = uuid4().hex[:8]
        logger.exception("The page of alerts could not be drawn (%s)", mark)
        return otherwise(failure.banner(mark))


def _own_fields(form: str, placed: list[dict[str, Any]], values: list[Any]) -> dict[str, Any]:
    return {
        one["id"]["name"]: value
        for one, value in zip(placed, values, strict=True)
        if one["id"]["form"] == form
    }


def _perform(act: str, asked: Command) -> Outcome:
    try:
        return commands.perform(act, asked)
    except DatabaseAway:
        said = "The database does not answer. Nothing was changed; try again."
        return Outcome(words=said, is_fault=True)


def _where_to(place: Place, done: Outcome) -> str | None:
    """Another address, where the act leads to one."""
    if done.rule is not None and place.edit != done.rule:
        return place.editing(done.rule)
    if done.has_left_editor and place.edit is not None:
        return place.editing(None)
    return None


def _fault_words(done: Outcome, place: dict[str, str]) -> str:
    is_here = done.is_fault and (place["form"], place["name"]) == (done.form, done.field)
    return done.words if is_here else ""


def _notice(done: Outcome) -> Component | None:
    """What became of it, above the page; a short form says beside its field what is wrong."""
    if done.field and done.form != alert_ids.RULE_FORM:
        return None
    look = "banner" if done.is_fault else "banner banner-calm"
    said = done.words
    if done.field:
        said = f"Nothing was changed. {alert_ids.words_of(done.field).capitalize()}: {done.words}"
    symbol = icon("warning" if done.is_fault else "check")
    return html.Div([symbol, html.Span(said)], className=look)
