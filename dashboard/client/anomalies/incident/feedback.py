"""What people say of an incident: who said what, the buttons of admins, and their dialog."""

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.anomalies.answers import IncidentResponse
from analytics.anomalies.feedback import NoSuchIncident
from analytics.permission.actor import NotAllowed
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.client.anomalies.core.data import AnomaliesData
from dashboard.core import ids
from dashboard.core.times import moment
from dashboard.widgets.pieces import button
from models.metrics.anomalies.incident import FeedbackVerdict

LONGEST_NOTE = 500
TITLES = {
    FeedbackVerdict.EXPECTED: "This was expected",
    FeedbackVerdict.REAL: "This was real",
}
MEANINGS = {
    FeedbackVerdict.EXPECTED: "It was planned, or it is harmless. Its time is left out when "
    "expected values are fitted, so that the like of it stays unusual.",
    FeedbackVerdict.REAL: "It was worth a look. The severities are measured by this.",
}
FAULTS: dict[type[Exception], str] = {
    NotAllowed: "Only an admin may do this.",
    NoSuchIncident: "The incident no longer exists; it may have become part of another one.",
    DatabaseAway: "The database does not answer. Nothing was stored.",
}


def layout(page_data: AnomaliesData, incident: IncidentResponse) -> Component:
    """What was said, and for admins the buttons."""
    last = incident.feedback
    parts: list[Component] = []
    if last is not None:
        at = moment(last.at, page_data.now, page_data.zone)
        note = f": {last.note}" if last.note else ""
        parts.append(html.P(
            [html.B(f"{last.verdict.capitalize()}, "), f"said {last.by}, {at}{note}"],
            className="feedback-said",
        ))  # fmt: skip
    if page_data.is_admin:
        parts.append(html.Div(
            [button(title, button_id(page_data.view.source, verdict, incident.id))
             for verdict, title in TITLES.items()],
            className="feedback-buttons",
        ))  # fmt: skip
    elif last is None:
        parts.append(html.P("No admin has said whether it was real.", className="faint"))
    return html.Div(parts, className="feedback")


def button_id(source: str, verdict: FeedbackVerdict, incident: int) -> dict[str, str]:
    """The id of the button that opens the dialog for a verdict."""
    return {"type": f"{source}-feedback", "verdict": verdict.value, "incident": str(incident)}


def dialog(source: str) -> Component:
    """The closed dialog."""
    modal: Component = dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=_id(source, "title")), close_button=False),
            dbc.ModalBody([
                html.P(id=_id(source, "meaning")),
                html.Label("Note", htmlFor=_id(source, "note"), className="field-label"),
                dcc.Input(
                    id=_id(source, "note"), type="text", maxLength=LONGEST_NOTE,
                    placeholder="A load test, a campaign, a known fault", className="field-text",
                ),
                html.P(id=_id(source, "fault"), className="field-fault", role="status"),
            ]),
            dbc.ModalFooter([
                button("Cancel", _id(source, "cancel")),
                button("Save", _id(source, "save"), primary=True),
            ]),
            dcc.Store(id=_id(source, "subject")),
        ],
        id=_id(source, "dialog"),
        is_open=False,
        fade=False,
        centered=True,
        labelledby=_id(source, "title"),
        class_name="dialog",
    )  # fmt: skip
    return modal


def _id(source: str, name: str) -> str:
    return f"{source}-feedback-{name}"


def add_callbacks(app: dash.Dash, services: Services, source: str) -> None:
    """Open the dialog for a verdict, store it, and read the page again."""

    @app.callback(
        Output(_id(source, "dialog"), "is_open"),
        Output(_id(source, "title"), "children"),
        Output(_id(source, "meaning"), "children"),
        Output(_id(source, "fault"), "children"),
        Output(_id(source, "note"), "value"),
        Output(_id(source, "subject"), "data"),
        Output(ids.TICK, "data", allow_duplicate=True),
        Input({"type": f"{source}-feedback", "verdict": ALL, "incident": ALL}, "n_clicks"),
        Input(_id(source, "cancel"), "n_clicks"),
        Input(_id(source, "save"), "n_clicks"),
        State(_id(source, "note"), "value"),
        State(_id(source, "subject"), "data"),
        prevent_initial_call=True,
    )
    def act(opened: list[int], _cancel: int, _save: int, note: object, subject: Any) -> Any:
        trigger: Any = ctx.triggered_id
        if trigger == _id(source, "cancel"):
            return (False, *(no_update,) * 6)
        if trigger == _id(source, "save"):
            fault = save(services, subject, note)
            tick = no_update if fault else f"judged {services.now().isoformat()}"
            return (bool(fault), no_update, no_update, fault, no_update, no_update, tick)
        if not any(opened):
            return (no_update,) * 7
        verdict = FeedbackVerdict(trigger["verdict"])
        judged = {"verdict": verdict.value, "incident": trigger["incident"]}
        return True, TITLES[verdict], MEANINGS[verdict], "", "", judged, no_update


def save(services: Services, subject: Any, note: object) -> str:
    """Store a verdict for the current user; why it was not, empty where it was."""
    actor, text = services.viewer(), note.strip() if isinstance(note, str) else ""
    if len(text) > LONGEST_NOTE or (text and not text.isprintable()):
        return f"The note must be one line of at most {LONGEST_NOTE} characters."
    try:
        if actor is None:
            raise NotAllowed("signed out")
        verdict = FeedbackVerdict(subject["verdict"])
        services.anomalies.feedback.give(actor, int(subject["incident"]), verdict, text)
    except tuple(FAULTS) as fault:
        return FAULTS[type(fault)]
    return ""
