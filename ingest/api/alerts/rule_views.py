"""The routes of alert rules: reading, changing, and trying one on the past."""

from collections.abc import Callable

from flask import Flask, Response, request

from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import Actor
from ingest import payloads
from ingest.http import parameters

from .bodies import actor_of, json_answer, number, posted_object, refusals

RULES = "/api/ws/alert-rules"


class AlertRuleViews:
    """The views. `viewer` tells who asks; the guard has let in admins only."""

    def __init__(
        self, reports: AlertReports, actions: AlertActions, viewer: Callable[[], Actor | None]
    ) -> None:
        self._reports = reports
        self._actions = actions
        self._viewer = viewer

    def rules(self) -> Response:
        """`GET /api/ws/alert-rules`."""
        parameters.refuse_others(request.args, ())
        return json_answer(self._reports.rules())

    def rule(self, rule_id: int) -> Response:
        """`GET /api/ws/alert-rules/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._reports.rule(number(rule_id)))

    def versions(self, rule_id: int) -> Response:
        """`GET /api/ws/alert-rules/{id}/versions`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._reports.versions(number(rule_id)))

    def add(self) -> Response:
        """`POST /api/ws/alert-rules`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            rule = payloads.read_rule(posted_object())
            return json_answer(self._actions.add_rule(actor_of(self._viewer), rule), 201)

    def replace(self, rule_id: int) -> Response:
        """`PUT /api/ws/alert-rules/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            rule = payloads.read_rule(posted_object())
            who = actor_of(self._viewer)
            return json_answer(self._actions.replace_rule(who, number(rule_id), rule))

    def remove(self, rule_id: int) -> Response:
        """`DELETE /api/ws/alert-rules/{id}`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            self._actions.remove_rule(actor_of(self._viewer), number(rule_id))
        return Response(status=204)

    def preview(self) -> Response:
        """`POST /api/ws/alert-rules/preview`."""
        parameters.refuse_others(request.args, ())
        with refusals():
            return json_answer(self._reports.preview(payloads.read_rule(posted_object())))


def register(
    app: Flask,
    reports: AlertReports,
    actions: AlertActions,
    *,
    viewer: Callable[[], Actor | None],
) -> None:
    """Add the routes to `app`."""
    views = AlertRuleViews(reports, actions, viewer)
    one = f"{RULES}/<int:rule_id>"
    for path, method, view in (
        (RULES, "GET", views.rules),
        (RULES, "POST", views.add),
        (f"{RULES}/preview", "POST", views.preview),
        (one, "GET", views.rule),
        (one, "PUT", views.replace),
        (one, "DELETE", views.remove),
        (f"{one}/versions", "GET", views.versions),
    ):
        app.add_url_rule(path, f"alert_rules_{view.__name__}", view, methods=[method])
