"""The routes of alert rules: reading, changing, and previewing one on past data."""

from collections.abc import Callable

from flask import Flask, Response, request

from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.permission.actor import Actor
from ingest import payloads
from ingest.http import parameters

from .bodies import actor_of, checked_id, errors_as_problems, json_response, posted_object

RULES = "/api/ws/alert-rules"


class AlertRuleViews:
    """The views. `viewer` returns the current actor; the guard lets in admins only."""

    def __init__(
        self, reports: AlertReports, actions: AlertActions, viewer: Callable[[], Actor | None]
    ) -> None:
        self._reports = reports
        self._actions = actions
        self._viewer = viewer

    def rules(self) -> Response:
        """`GET /api/ws/alert-rules`."""
        parameters.reject_unknown(request.args, ())
        return json_response(self._reports.rules())

    def rule(self, rule_id: int) -> Response:
        """`GET /api/ws/alert-rules/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(self._reports.rule(checked_id(rule_id)))

    def versions(self, rule_id: int) -> Response:
        """`GET /api/ws/alert-rules/{id}/versions`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(self._reports.versions(checked_id(rule_id)))

    def add(self) -> Response:
        """`POST /api/ws/alert-rules`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            rule = payloads.read_rule(posted_object())
            return json_response(self._actions.add_rule(actor_of(self._viewer), rule), 201)

    def replace(self, rule_id: int) -> Response:
        """`PUT /api/ws/alert-rules/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            rule = payloads.read_rule(posted_object())
            actor = actor_of(self._viewer)
            return json_response(self._actions.replace_rule(actor, checked_id(rule_id), rule))

    def remove(self, rule_id: int) -> Response:
        """`DELETE /api/ws/alert-rules/{id}`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            self._actions.remove_rule(actor_of(self._viewer), checked_id(rule_id))
        return Response(status=204)

    def preview(self) -> Response:
        """`POST /api/ws/alert-rules/preview`."""
        parameters.reject_unknown(request.args, ())
        with errors_as_problems():
            return json_response(self._reports.preview(payloads.read_rule(posted_object())))


def register(
    app: Flask,
    reports: AlertReports,
    actions: AlertActions,
    *,
    viewer: Callable[[], Actor | None],
) -> None:
    """Add the routes to `app`."""
    views = AlertRuleViews(reports, actions, viewer)
    rule_path = f"{RULES}/<int:rule_id>"
    for path, method, view in (
        (RULES, "GET", views.rules),
        (RULES, "POST", views.add),
        (f"{RULES}/preview", "POST", views.preview),
        (rule_path, "GET", views.rule),
        (rule_path, "PUT", views.replace),
        (rule_path, "DELETE", views.remove),
        (f"{rule_path}/versions", "GET", views.versions),
    ):
        app.add_url_rule(path, f"alert_rules_{view.__name__}", view, methods=[method])
