"""The routes of alerts, rules and silences: shapes, errors by field, idempotence, roles."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.records import body_of, load_rule, new_row, transition_row
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from models.metrics.alert_state import State
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_requests import RULES, SILENCES, SendRequest, request_sender
from tests.support.servers.api_client import new_token


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> SendRequest:
    """Sends requests as an admin."""
    return request_sender(client, database)


@pytest.fixture
def alert_id(database: Database) -> int:
    """An alert that has fired for some minutes."""
    now = datetime.now(UTC)
    rule = load_rule(AlertRules(database).add(body_of(a_rule(split_by="country")), "ada", now))
    timing = state_machine.Timing(timedelta(), timedelta())
    state = state_machine.initial_state(now - timedelta(minutes=5))
    observation = Observation(Verdict.FIRES, 412.0, 980)
    step = state_machine.advance(timing, state, observation, now - timedelta(minutes=5))
    row = new_row(rule, {"country": "BR"}, step.alert_state)
    with database.transaction() as connection:
        (new_id,) = alerts.add(connection, [row]).values()
        alerts.add_transitions(
            connection, [transition_row(new_id, 200, transition) for transition in step.transitions]
        )
    return new_id


def end(database: Database, alert_id: int) -> None:
    now = datetime.now(UTC)
    with database.transaction() as connection:
        row = alerts.find(connection, alert_id)
        assert row is not None
        retired = state_machine.retire(row.alert_state, "over", now).alert_state
        resolved = replace(retired, state=State.RESOLVED, since=row.alert_state.since)
        alerts.change(connection, [(row, replace(row, alert_state=resolved))])


def test_active_alerts_have_the_shape_of_the_contract(ask: SendRequest, alert_id: int) -> None:
    (alert,) = ask("GET", "/api/ws/alerts").get_json()["alerts"]
    shape = {
        "id": alert_id, "rule": "Slow", "labels": {"country": "BR"}, "state": "firing",
        "severity": "warning", "value": 412.0, "threshold": 200.0, "n": 980, "acknowledged": None,
    }  # fmt: skip
    assert shape.items() <= alert.items()
    assert alert["since"].endswith("Z")


def test_alerts_are_filtered_by_state_severity_and_range(
    ask: SendRequest, alert_id: int, database: Database
) -> None:
    def count(**query: str) -> int:
        return len(ask("GET", "/api/ws/alerts", **query).get_json()["alerts"])

    assert (count(state="firing"), count(state="pending")) == (1, 0)
    assert (count(severity="warning"), count(severity="critical")) == (1, 0)
    (rule,) = (alert["rule_id"] for alert in ask("GET", "/api/ws/alerts").get_json()["alerts"])
    assert (count(rule=str(rule)), count(rule=str(rule + 1))) == (1, 0)
    end(database, alert_id)
    assert (count(), count(state="resolved"), count(start=soon(hours=-1))) == (0, 1, 1)
    assert count(start=soon(hours=-3), end=soon(hours=-2)) == 0
    assert (count(state="resolved", rule=str(rule)), count(state="resolved", rule="9")) == (1, 0)


def test_alerts_as_csv(ask: SendRequest, alert_id: int) -> None:
    response = ask("GET", "/api/ws/alerts", format="csv")
    header, row = csv.reader(io.StringIO(response.text))
    cells = dict(zip(header, row, strict=True))
    assert (cells["id"], cells["labels"], cells["value"]) == (str(alert_id), "country=BR", "412.0")
    assert (cells["acknowledged_by"], cells["ended_at"]) == ("", "")


@pytest.mark.parametrize(
    "query",
    [
        {"state": "odd"}, {"severity": "odd"}, {"start": "odd"}, {"x": "1"},
        *({"rule": text} for text in ("", "0", "-1", "1.0", "Slow", "٣", str(2**53), "9" * 400)),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(ask: SendRequest, query: dict[str, str]) -> None:
    response = ask("GET", "/api/ws/alerts", **query)
    assert (response.status_code, response.get_json()["field"]) == (422, next(iter(query)))


def test_an_acknowledgement_is_idempotent_and_withdrawn(ask: SendRequest, alert_id: int) -> None:
    path, acknowledgement = (
        f"/api/ws/alerts/{alert_id}/acknowledge",
        {"note": "on it", "until": soon(hours=1)},
    )
    first, again = (ask("POST", path, acknowledgement).get_json() for _ in range(2))
    assert first == again
    assert (first["state"], first["acknowledged"]["note"]) == ("acknowledged", "on it")
    assert first["acknowledged"]["by"].startswith("token admin")
    withdrawn = [ask("DELETE", path).get_json()["state"] for _ in range(2)]
    assert withdrawn == ["firing", "firing"]
    transitions = ask("GET", f"/api/ws/alerts/{alert_id}").get_json()["transitions"]
    assert [transition["after"] for transition in transitions] == [
        "firing",
        "acknowledged",
        "firing",
    ]
    assert transitions[1]["reason"] == "on it"


def test_an_ended_alert_cannot_be_acknowledged(
    ask: SendRequest, alert_id: int, database: Database
) -> None:
    end(database, alert_id)
    for method in ("POST", "DELETE"):
        response = ask(
            method, f"/api/ws/alerts/{alert_id}/acknowledge", {} if method == "POST" else None
        )
        assert (response.status_code, response.mimetype) == (409, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["999999", "999999/acknowledge", str(2**70), f"{2**70}/acknowledge"]
)
def test_a_missing_alert_is_404(ask: SendRequest, path: str) -> None:
    is_change = path.endswith("acknowledge")
    response = ask(
        "POST" if is_change else "GET", f"/api/ws/alerts/{path}", {} if is_change else None
    )
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("field", "acknowledgement"),
    [
        ("until", {"until": soon(hours=-1)}),
        ("until", {"until": soon(days=400)}),
        ("until", {"until": "2026-03-02T12:00:00"}),
        ("note", {"note": "x" * 501}),
        ("note", {"note": "a\x00b"}),
        ("odd", {"odd": 1}),
    ],
)
def test_a_wrong_acknowledgement_is_refused_by_its_field(
    ask: SendRequest, alert_id: int, field: str, acknowledgement: dict[str, Any]
) -> None:
    response = ask("POST", f"/api/ws/alerts/{alert_id}/acknowledge", acknowledgement)
    assert (response.status_code, response.get_json()["field"]) == (422, field)


def test_a_silence_is_created_changed_and_removed(ask: SendRequest) -> None:
    silence = {
        "rule": "Slow",
        "labels": {"country": "BR"},
        "ends_at": soon(hours=1),
        "note": "known",
    }
    created = ask("POST", SILENCES, silence)
    assert created.status_code == 201
    path = f"{SILENCES}/{created.get_json()['id']}"
    assert ask("PUT", path, silence | {"note": "still"}).get_json()["note"] == "still"
    assert ask("GET", path).get_json()["labels"] == {"country": "BR"}
    assert len(ask("GET", SILENCES).get_json()["silences"]) == 1
    assert [ask("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert ask("PUT", path, silence).status_code == 404


@pytest.mark.parametrize(
    ("field", "silence"),
    [
        ("ends_at", {}),
        ("ends_at", {"ends_at": soon(hours=-1)}),
        ("ends_at", {"ends_at": soon(days=400)}),
        ("ends_at", {"ends_at": soon(hours=1), "starts_at": soon(hours=2)}),
        ("labels", {"ends_at": soon(hours=1), "labels": {"a": "\x00"}}),
        ("rule", {"ends_at": soon(hours=1), "rule": 5}),
    ],
)
def test_a_wrong_silence_is_refused_by_its_field(
    ask: SendRequest, field: str, silence: dict[str, Any]
) -> None:
    response = ask("POST", SILENCES, silence)
    assert (response.status_code, response.get_json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("method", "path", "role", "status"),
    [
        ("GET", "/api/ws/alerts", "analyst", 200),
        ("GET", "/api/ws/alerts", "ingest", 403),
        ("POST", "/api/ws/alerts/1/acknowledge", "analyst", 403),
        ("DELETE", "/api/ws/alerts/1/acknowledge", "analyst", 403),
        ("GET", RULES, "analyst", 403),
        ("GET", f"{RULES}/1", "analyst", 403),
        ("POST", f"{RULES}/preview", "analyst", 403),
        ("GET", SILENCES, "analyst", 403),
        ("PUT", f"{SILENCES}/1", "analyst", 403),
    ],
)
def test_roles_per_route(
    client: FlaskClient, database: Database, method: str, path: str, role: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {new_token(database, role)}"}
    assert client.open(path, method=method, headers=headers).status_code == status
