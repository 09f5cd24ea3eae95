"""`/api/ws/alert-rules`: reading, changing, and previewing one on past data; for admins only."""

from analytics.alerting.answers import (
    PreviewResponse,
    RuleListResponse,
    RuleResponse,
    RuleVersionListResponse,
)
from analytics.alerting.rules.rule import Rule
from analytics.services.services import Services
from ingest import payloads
from ingest.access.rules import ADMINS
from ingest.routing.bodies import object_body
from ingest.routing.route import ResponseSpec, Route, number_id
from ingest.routing.runner import actor_of

RULES = "/api/ws/alert-rules"
RULE = f"{RULES}/{{rule_id}}"
TAG = "Alert rules"
RULE_ID = number_id("rule_id")
RULE_BODY = object_body(Rule, payloads.read_rule)


def rules(services: Services) -> RuleListResponse:
    """`GET /api/ws/alert-rules`."""
    return services.alerts.reports.rules()


def rule(services: Services, rule_id: int) -> RuleResponse:
    """`GET /api/ws/alert-rules/{id}`."""
    return services.alerts.reports.rule(rule_id)


def versions(services: Services, rule_id: int) -> RuleVersionListResponse:
    """`GET /api/ws/alert-rules/{id}/versions`."""
    return services.alerts.reports.versions(rule_id)


def add_rule(services: Services, payload: Rule) -> RuleResponse:
    """`POST /api/ws/alert-rules`."""
    return services.alerts.actions.add_rule(actor_of(services), payload)


def replace_rule(services: Services, rule_id: int, payload: Rule) -> RuleResponse:
    """`PUT /api/ws/alert-rules/{id}`."""
    return services.alerts.actions.replace_rule(actor_of(services), rule_id, payload)


def remove_rule(services: Services, rule_id: int) -> None:
    """`DELETE /api/ws/alert-rules/{id}`."""
    services.alerts.actions.remove_rule(actor_of(services), rule_id)


def preview(services: Services, payload: Rule) -> PreviewResponse:
    """`POST /api/ws/alert-rules/preview`."""
    return services.alerts.reports.preview(payload)


ROUTES = (
    Route(
        method="GET",
        path=RULES,
        name="alert_rules",
        tag=TAG,
        summary="Get all alert rules",
        roles=ADMINS,
        view=rules,
        response=ResponseSpec(text="The rules by name.", kind=RuleListResponse),
    ),
    Route(
        method="POST",
        path=RULES,
        name="add_alert_rule",
        tag=TAG,
        summary="Add an alert rule",
        roles=ADMINS,
        body=RULE_BODY,
        view=add_rule,
        response=ResponseSpec(text="The rule.", status=201, kind=RuleResponse),
        problems=(409,),
    ),
    Route(
        method="POST",
        path=f"{RULES}/preview",
        name="preview_alert_rule",
        tag=TAG,
        summary="Try an alert rule on the last 30 days",
        description="Nothing is kept. `suggestions` hold the thresholds that would have fired so "
        "many times. Different sessions are tried by the hour they began in, and `note` says so.",
        roles=ADMINS,
        body=RULE_BODY,
        view=preview,
        response=ResponseSpec(text="What it would have done.", kind=PreviewResponse),
    ),
    Route(
        method="GET",
        path=RULE,
        name="alert_rule",
        tag=TAG,
        summary="Get an alert rule",
        roles=ADMINS,
        ids=(RULE_ID,),
        view=rule,
        response=ResponseSpec(text="The rule.", kind=RuleResponse),
    ),
    Route(
        method="PUT",
        path=RULE,
        name="replace_alert_rule",
        tag=TAG,
        summary="Change an alert rule",
        description="Rules that are inhibited by it and silences that name it follow it to a new "
        "name. 409: another rule has this name.",
        roles=ADMINS,
        ids=(RULE_ID,),
        body=RULE_BODY,
        view=replace_rule,
        response=ResponseSpec(text="The rule.", kind=RuleResponse),
        problems=(409,),
    ),
    Route(
        method="DELETE",
        path=RULE,
        name="remove_alert_rule",
        tag=TAG,
        summary="Remove an alert rule",
        description="Its alerts end. 409: another rule is inhibited by this one.",
        roles=ADMINS,
        ids=(RULE_ID,),
        view=remove_rule,
        response=ResponseSpec(text="It is gone.", status=204),
        problems=(409,),
    ),
    Route(
        method="GET",
        path=f"{RULE}/versions",
        name="alert_rule_versions",
        tag=TAG,
        summary="Get who changed an alert rule",
        roles=ADMINS,
        ids=(RULE_ID,),
        view=versions,
        response=ResponseSpec(text="The versions, the newest first.", kind=RuleVersionListResponse),
    ),
)
