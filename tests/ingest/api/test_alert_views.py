"""The routes of alerts, rules and silences: shapes, refusals by field, idempotence, who may."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from analytics.alerting.lifecycle import state_machine
from analytics.alerting.lifecycle.alert_state import Observation, State, Verdict
from analytics.alerting.records import body_of, known, new_row, standing_of, transition_row
from models.alerts import alerts
from models.alerts.alert_rules import AlertRules
from models.database.engine import Database
from tests.support.alerts.alert_life import a_rule
from tests.support.alerts.alert_requests import RULES, SILENCES, Ask, asking
from tests.support.api_client import new_token


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> Ask:
    """Asks as an admin."""
    return asking(client, database)


@pytest.fixture
def alert_id(database: Database) -> int:
    """An alert that has fired for some minutes."""
    now = datetime.now(UTC)
    rule = known(AlertRules(database).add(body_of(a_rule(split_by="country")), "ada", now))
    timing = state_machine.Timing(timedelta(), timedelta())
    standing = state_machine.begin(now - timedelta(minutes=5))
    seen = Observation(Verdict.FIRES, 412.0, 980)
    step = state_machine.advance(timing, standing, seen, now - timedelta(minutes=5))
    row = new_row(rule, {"country": "BR"}, step.standing)
    with database.transaction() as connection:
        (made,) = alerts.add(connection, [row]).values()
        alerts.note(connection, [transition_row(made, 200, one) for one in step.transitions])
    return made


def end(database: Database, alert_id: int) -> None:
    now = datetime.now(UTC)
    with database.transaction() as connection:
        row = alerts.find(connection, alert_id)
        assert row is not None
        over = state_machine.put_away(standing_of(row), "over", now).standing
        ended = {"state": str(State.RESOLVED), "ended_at": over.ended_at}
        alerts.change(
            connection, [type(row)(**({f: getattr(row, f) for f in alerts.COLUMNS} | ended))]
        )


def test_what_is_active_is_told_in_the_shape_of_the_contract(ask: Ask, alert_id: int) -> None:
    (alert,) = ask("GET", "/api/ws/alerts").get_json()["alerts"]
    shape = {
        "id": alert_id, "rule": "Slow", "labels": {"country": "BR"}, "state": "firing",
        "severity": "warning", "value": 412.0, "threshold": 200.0, "n": 980, "acknowledged": None,
    }  # fmt: skip
    assert shape.items() <= alert.items()
    assert alert["since"].endswith("Z")


def test_alerts_are_chosen_by_state_severity_and_range(
    ask: Ask, alert_id: int, database: Database
) -> None:
    def found(**query: str) -> int:
        return len(ask("GET", "/api/ws/alerts", **query).get_json()["alerts"])

    assert (found(state="firing"), found(state="pending")) == (1, 0)
    assert (found(severity="warning"), found(severity="critical")) == (1, 0)
    (rule,) = (one["rule_id"] for one in ask("GET", "/api/ws/alerts").get_json()["alerts"])
    assert (found(rule=str(rule)), found(rule=str(rule + 1))) == (1, 0)
    end(database, alert_id)
    assert (found(), found(state="resolved"), found(start=soon(hours=-1))) == (0, 1, 1)
    assert found(start=soon(hours=-3), end=soon(hours=-2)) == 0
    assert (found(state="resolved", rule=str(rule)), found(state="resolved", rule="9")) == (1, 0)


def test_alerts_as_csv(ask: Ask, alert_id: int) -> None:
    answer = ask("GET", "/api/ws/alerts", format="csv")
    header, row = csv.reader(io.StringIO(answer.text))
    told = dict(zip(header, row, strict=True))
    assert (told["id"], told["labels"], told["value"]) == (str(alert_id), "country=BR", "412.0")
    assert (told["acknowledged_by"], told["ended_at"]) == ("", "")


@pytest.mark.parametrize(
    "query",
    [
        {"state": "odd"}, {"severity": "odd"}, {"start": "odd"}, {"x": "1"},
        *({"rule": text} for text in ("", "0", "-1", "1.0", "Slow", "٣", str(2**53), "9" * 400)),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused_by_its_field(ask: Ask, query: dict[str, str]) -> None:
    answer = ask("GET", "/api/ws/alerts", **query)
    assert (answer.status_code, answer.get_json()["field"]) == (422, next(iter(query)))


def test_an_acknowledgement_is_kept_once_and_taken_back(ask: Ask, alert_id: int) -> None:
    path, word = f"/api/ws/alerts/{alert_id}/acknowledge", {"note": "on it", "until": soon(hours=1)}
    first, again = (ask("POST", path, word).get_json() for _ in range(2))
    assert first == again
    assert (first["state"], first["acknowledged"]["note"]) == ("acknowledged", "on it")
    assert first["acknowledged"]["by"].startswith("token admin")
    withdrawn = [ask("DELETE", path).get_json()["state"] for _ in range(2)]
    assert withdrawn == ["firing", "firing"]
    story = ask("GET", f"/api/ws/alerts/{alert_id}").get_json()["transitions"]
    assert [one["after"] for one in story] == ["firing", "acknowledged", "firing"]
    assert story[1]["reason"] == "on it"


def test_what_has_ended_cannot_be_acknowledged(ask: Ask, alert_id: int, database: Database) -> None:
    end(database, alert_id)
    for method in ("POST", "DELETE"):
        answer = ask(
            method, f"/api/ws/alerts/{alert_id}/acknowledge", {} if method == "POST" else None
        )
        assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["999999", "999999/acknowledge", str(2**70), f"{2**70}/acknowledge"]
)
def test_an_alert_that_is_not_is_not_found(ask: Ask, path: str) -> None:
    is_change = path.endswith("acknowledge")
    answer = ask(
        "POST" if is_change else "GET", f"/api/ws/alerts/{path}", {} if is_change else None
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("field", "word"),
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
    ask: Ask, alert_id: int, field: str, word: dict[str, Any]
) -> None:
    answer = ask("POST", f"/api/ws/alerts/{alert_id}/acknowledge", word)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_a_silence_comes_changes_and_goes(ask: Ask) -> None:
    wish = {"rule": "Slow", "labels": {"country": "BR"}, "ends_at": soon(hours=1), "note": "known"}
    made = ask("POST", SILENCES, wish)
    assert made.status_code == 201
    path = f"{SILENCES}/{made.get_json()['id']}"
    assert ask("PUT", path, wish | {"note": "still"}).get_json()["note"] == "still"
    assert ask("GET", path).get_json()["labels"] == {"country": "BR"}
    assert len(ask("GET", SILENCES).get_json()["silences"]) == 1
    assert [ask("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert ask("PUT", path, wish).status_code == 404


@pytest.mark.parametrize(
    ("field", "wish"),
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
    ask: Ask, field: str, wish: dict[str, Any]
) -> None:
    answer = ask("POST", SILENCES, wish)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


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
def test_who_may(
    client: FlaskClient, database: Database, method: str, path: str, role: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {new_token(database, role)}"}
    assert client.open(path, method=method, headers=headers).status_code == status
