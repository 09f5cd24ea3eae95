"""The description of alerts: the states and severities there are, and what may be refused."""

from typing import Any

from analytics.alerting.rules.rule import SEVERITIES
from ingest.api.alerts import alert_openapi, alert_views
from ingest.api.alerts.bodies import LARGEST_ID
from models.metrics.alert_state import State

PATHS = alert_openapi.paths()
OPERATIONS = [
    (path, method, operation)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
]


def parameters() -> dict[str, Any]:
    return {p["name"]: p["schema"] for p in PATHS[alert_views.ALERTS]["get"]["parameters"]}


def test_alerts_are_filtered_by_every_state_and_severity() -> None:
    assert parameters()["state"]["enum"] == [str(state) for state in State]
    assert parameters()["severity"]["enum"] == list(SEVERITIES)


def test_the_parameters_are_those_that_the_route_accepts() -> None:
    assert set(parameters()) == set(alert_views.PARAMETERS)


def test_ids_are_numbers_that_every_json_reader_can_hold() -> None:
    ids = [
        parameter["schema"]
        for _, _, operation in OPERATIONS
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path"
    ]
    assert {schema["maximum"] for schema in ids} == {LARGEST_ID}
    assert float(LARGEST_ID) == LARGEST_ID
    assert float(LARGEST_ID + 2) != LARGEST_ID + 2


def test_whatever_names_a_record_may_be_404() -> None:
    for path, method, operation in OPERATIONS:
        assert ("404" in operation["responses"]) is ("{" in path), (path, method)


def test_a_body_that_is_taken_may_be_refused() -> None:
    for path, method, operation in OPERATIONS:
        refusals = {"400", "413", "415"} <= operation["responses"].keys()
        assert refusals is ("requestBody" in operation), (path, method)


def test_only_additions_are_created_and_only_removals_are_empty() -> None:
    created = {o["operationId"] for _, _, o in OPERATIONS if "201" in o["responses"]}
    removed = {o["operationId"] for _, _, o in OPERATIONS if "204" in o["responses"]}
    assert created == {"add_alert_rule", "add_silence"}
    assert removed == {"remove_alert_rule", "remove_silence"}
