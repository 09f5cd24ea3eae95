"""The routes of alerts: reading them, taking care of them, and the silences over them."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, request

from analytics.alerting.answers import AlertsAnswer
from analytics.alerting.lifecycle.alert_state import ACTIVE, ENDED, State
from analytics.alerting.rules.rule import SEVERITIES
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import Actor
from ingest import payloads
from ingest.http import csv_response, parameters
from ingest.http.problems import Unprocessable

from .bodies import LARGEST_NUMBER, actor_of, json_answer, number, posted_object, refusals

ALERTS = "/api/ws/alerts"
SILENCES = "/api/ws/silences"
STATES = tuple(str(state) for state in State)
ASKED = (*parameters.RANGE, "state", "severity", "rule", "format")
HEADER = (
    "id", "rule", "severity", "state", "labels", "since", "state_since", "fired_at", "ended_at",
    "value", "threshold", "n", "acknowledged_by", "acknowledged_until", "note",
)  # fmt: skip


class Alerts:
    """The views. `viewer` tells who asks; the guard has let in only who may."""

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
        """`GET /api/ws/alerts`: what is active; with a range or a state that ended, history."""
        parameters.refuse_others(request.args, ASKED)
        wanted = parameters.format_of(request.args)
        state = _one_of("state", STATES)
        severity = _one_of("severity", SEVERITIES)
        rule = parameters.number_of(request.args, "rule", LARGEST_NUMBER)
        is_history = state in ENDED or any(name in request.args for name in parameters.RANGE)
        with refusals():
            if is_history:
                window = parameters.window_of(request.args, self._now)
                chosen = {"states": (State(state),)} if state else {}
                found = self._reports.between(window, severity=severity, rule_id=rule, **chosen)
            else:
                found = self._reports.active((State(state),) if state else ACTIVE, severity, rule)
        return _as_csv(found) if wanted == "csv" else json_answer(found)

    def alert(self, alert_id: int) -> Response:
        """`GET /api/ws/alerts/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._reports.story(number(alert_id)))

    def acknowledge(self, alert_id: int) -> Response:
        """`POST /api/ws/alerts/{id}/acknowledge`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            note, until = payloads.read_acknowledgement(posted_object())
            who = actor_of(self._viewer)
            return json_answer(self._actions.acknowledge(who, number(alert_id), note, until))

    def withdraw(self, alert_id: int) -> Response:
        """`DELETE /api/ws/alerts/{id}/acknowledge`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._actions.withdraw(actor_of(self._viewer), number(alert_id)))

    def silences(self) -> Response:
        """`GET /api/ws/silences`."""
        parameters.refuse_others(request.args, ())
        return json_answer(self._reports.silences())

    def silence(self, silence_id: int) -> Response:
        """`GET /api/ws/silences/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._reports.silence(number(silence_id)))

    def add_silence(self) -> Response:
        """`POST /api/ws/silences`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            wish = payloads.read_silence(posted_object())
            return json_answer(self._actions.add_silence(actor_of(self._viewer), wish), 201)

    def replace_silence(self, silence_id: int) -> Response:
        """`PUT /api/ws/silences/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            wish = payloads.read_silence(posted_object())
            who = actor_of(self._viewer)
            return json_answer(self._actions.replace_silence(who, number(silence_id), wish))

    def remove_silence(self, silence_id: int) -> Response:
        """`DELETE /api/ws/silences/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            self._actions.remove_silence(actor_of(self._viewer), number(silence_id))
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
    views = Alerts(reports, actions, viewer, now)
    one_alert, one_silence = f"{ALERTS}/<int:alert_id>", f"{SILENCES}/<int:silence_id>"
    for path, method, view in (
        (ALERTS, "GET", views.alerts),
        (one_alert, "GET", views.alert),
        (f"{one_alert}/acknowledge", "POST", views.acknowledge),
        (f"{one_alert}/acknowledge", "DELETE", views.withdraw),
        (SILENCES, "GET", views.silences),
        (SILENCES, "POST", views.add_silence),
        (one_silence, "GET", views.silence),
        (one_silence, "PUT", views.replace_silence),
        (one_silence, "DELETE", views.remove_silence),
    ):
        app.add_url_rule(path, f"alerts_{view.__name__}", view, methods=[method])


def _one_of(name: str, known: tuple[str, ...]) -> str | None:
    value = request.args.get(name)
    if value is not None and value not in known:
        raise Unprocessable(f"Ask for {', '.join(known[:-1])} or {known[-1]}.", field=name)
    return value


def _as_csv(found: AlertsAnswer) -> Response:
    rows = (
        (
            one.id, one.rule, one.severity, one.state,
            ", ".join(f"{name}={value}" for name, value in one.labels.items()),
            one.since, one.state_since, one.fired_at, one.ended_at, one.value, one.threshold,
            one.n, *((given.by, given.until, given.note) if (given := one.acknowledged)
                     else (None, None, None)),
        )
        for one in found.alerts
    )  # fmt: skip
    response = csv_response.download(csv_response.table(HEADER, rows), "alerts.csv")
    response.headers["Cache-Control"] = "no-store"
    return response
