"""The routes of alerts take every state and severity there is, and are changed by admins alone."""

from typing import Any

from analytics.alerting.rules.rule import SEVERITIES
from ingest.access.rules import ADMINS, VIEWERS
from ingest.api.alerts import alert_routes, rule_routes, silence_routes
from models.metrics.alert_state import State

ROUTES = (*alert_routes.ROUTES, *rule_routes.ROUTES, *silence_routes.ROUTES)


def parameters() -> dict[str, Any]:
    alerts = alert_routes.ROUTES[0]
    return {each["name"]: each["schema"] for src in alerts.inputs for each in src.parameters}


def test_alerts_are_filtered_by_every_state_and_severity() -> None:
    assert parameters()["state"]["enum"] == [str(state) for state in State]
    assert parameters()["severity"]["enum"] == list(SEVERITIES)


def test_analysts_read_alerts_and_nothing_else() -> None:
    for_viewers = {route.name for route in ROUTES if route.roles == VIEWERS}
    assert for_viewers == {"alerts", "alert"}
    assert {route.roles for route in ROUTES} == {VIEWERS, ADMINS}


def test_only_additions_are_created_and_only_removals_are_empty() -> None:
    of_status = {
        status: {route.name for route in ROUTES if route.response.status == status}
        for status in (201, 204)
    }
    assert of_status[201] == {"add_alert_rule", "add_silence"}
    assert of_status[204] == {"remove_alert_rule", "remove_silence"}
