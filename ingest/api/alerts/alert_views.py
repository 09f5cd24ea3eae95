"""The routes of alerts: reading and acknowledging them, and silences."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, request

from analytics.alerting.answers import AlertListResponse
from analytics.alerting.rules.rule import SEVERITIES
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import Actor
from ingest import payloads
from ingest.http import csv_response, parameters
from ingest.http.problems import Unprocessable
from models.metrics.alert_state import ACTIVE, ENDED, State

from .bodies import (
    LARGEST_ID,
    actor_of,
    checked_id,
    errors_as_problems,
    json_response,
    posted_object,
)

ALERTS = "/api/ws/alerts"
SILENCES = "/api/ws/silences"
STATES = tuple(str(state) for state in State)
PARAMETERS = (*parameters.RANGE, "state", "severity", "rule", "format")
HEADER = (
    "id", "rule", "severity", "state", "labels", "since", "state_since", "fired_at", "ended_at",
    "value", "threshold", "n", "acknowledged_by", "acknowledged_until", "note",
)  # fmt: skip


class AlertViews:
    """The views. `viewer` returns the current actor; the guard has checked its role."""

    def __init__(
        self,
        reports: AlertReports,
        actions: AlertActions,
        viewer: Callable[[], Actor | None],
        now: Callable[[], datetime],
    ) -> None:
        self._reports = reports
        self._actions = actions
        self._viewer = viewer
        self._now = now

    def alerts(self) -> Response:
        """`GET /api/ws/alerts`: active alerts; with a range or an ended state, history."""
        parameters.reject_unknown(request.args, PARAMETERS)
        output_format = parameters.format_of(request.args)
        state = _choice("state", STATES)
        severity = _choice("severity", SEVERITIES)
        rule = parameters.number_of(request.args, "rule", LARGEST_ID)
        is_history = state in ENDED or any(name in request.args for name in parameters.RANGE)
        with errors_as_problems():
            if is_history:
                window = parameters.window_of(request.args, self._now)
                state_filter = {"states": (State(state),)} if state else {}
                listed = self._reports.between(
                    window, severity=severity, rule_id=rule, **state_filter
                )
            else:
                listed = self._reports.active((State(state),) if state else ACTIVE, severity, rule)
        return _as_csv(listed) if output_format == "csv" else json_response(listed)

    def alert(self, alert_id: int) -> Response:
        """`GET /api/ws/alerts/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(self._reports.timeline(checked_id(alert_id)))

    def acknowledge(self, alert_id: int) -> Response:
        """`POST /api/ws/alerts/{id}/acknowledge`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            note, until = payloads.read_acknowledgement(posted_object())
            actor = actor_of(self._viewer)
            return json_response(
                self._actions.acknowledge(actor, checked_id(alert_id), note, until)
            )

    def withdraw(self, alert_id: int) -> Response:
        """`DELETE /api/ws/alerts/{id}/acknowledge`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(
                self._actions.withdraw(actor_of(self._viewer), checked_id(alert_id))
            )

    def silences(self) -> Response:
        """`GET /api/ws/silences`."""
        parameters.reject_unknown(request.args, ())
        return json_response(self._reports.silences())

    def silence(self, silence_id: int) -> Response:
        """`GET /api/ws/silences/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(self._reports.silence(checked_id(silence_id)))

    def add_silence(self) -> Response:
        """`POST /api/ws/silences`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            silence = payloads.read_silence(posted_object())
            return json_response(self._actions.add_silence(actor_of(self._viewer), silence), 201)

    def replace_silence(self, silence_id: int) -> Response:
        """`PUT /api/ws/silences/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            silence = payloads.read_silence(posted_object())
            actor = actor_of(self._viewer)
            return json_response(
                self._actions.replace_silence(actor, checked_id(silence_id), silence)
            )

    def remove_silence(self, silence_id: int) -> Response:
        """`DELETE /api/ws/silences/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            self._actions.remove_silence(actor_of(self._viewer), checked_id(silence_id))
        return Response(status=204)


def register(
    app: Flask,
    reports: AlertReports,
    actions: AlertActions,
    *,
    viewer: Callable[[], Actor | None],
    now: Callable[[], datetime],
) -> None:
    """Add the routes to `app`."""
    views = AlertViews(reports, actions, viewer, now)
    alert_path, silence_path = f"{ALERTS}/<int:alert_id>", f"{SILENCES}/<int:silence_id>"
    for path, method, view in (
        (ALERTS, "GET", views.alerts),
        (alert_path, "GET", views.alert),
        (f"{alert_path}/acknowledge", "POST", views.acknowledge),
        (f"{alert_path}/acknowledge", "DELETE", views.withdraw),
        (SILENCES, "GET", views.silences),
        (SILENCES, "POST", views.add_silence),
        (silence_path, "GET", views.silence),
        (silence_path, "PUT", views.replace_silence),
        (silence_path, "DELETE", views.remove_silence),
    ):
        app.add_url_rule(path, f"alerts_{view.__name__}", view, methods=[method])


def _choice(name: str, choices: tuple[str, ...]) -> str | None:
    value = request.args.get(name)
    if value is not None and value not in choices:
        raise Unprocessable(f"Ask for {', '.join(choices[:-1])} or {choices[-1]}.", field=name)
    return value


def _as_csv(listed: AlertListResponse) -> Response:
    rows = (
        (
            alert.id, alert.rule, alert.severity, alert.state,
            ", ".join(f"{name}={value}" for name, value in alert.labels.items()),
            alert.since, alert.state_since, alert.fired_at, alert.ended_at,
            alert.value, alert.threshold, alert.n,
            *((ack.by, ack.until, ack.note) if (ack := alert.acknowledged)
              else (None, None, None)),
        )
        for alert in listed.alerts
    )  # fmt: skip
    response = csv_response.download(csv_response.table(HEADER, rows), "alerts.csv")
    response.headers["Cache-Control"] = "no-store"
    return response
