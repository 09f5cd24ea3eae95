"""The routes of alerts, rules and silences: shapes, refusals by field, idempotence, who may."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analytics.alert_records import body_of, known, new_row, standing_of, transition_row
from analytics.alerting import machine
from analytics.alerting.standing import Observation, State, Verdict
from models import alerts
from models.alert_rules import AlertRules
from models.database import Database
from models.report_insert import ClientReports
from tests.alert_life import a_rule
from tests.api import new_token
from tests.reports_factory import report

RULES, SILENCES = "/api/ws/alert-rules", "/api/ws/silences"
Ask = Callable[..., TestResponse]
RULE = {
    "name": "Slow",
    "source": "client",
    "metric": "latency_ms",
    "aggregation": "p95",
    "fire": 200,
}


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> Ask:
    """Asks as an admin."""
    token = new_token(database, "admin")

    def asked(method: str, path: str, body: Any = None, **query: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(path, method=method, json=body, query_string=query, headers=headers)

    return asked


@pytest.fixture
def alert_id(database: Database) -> int:
    """An alert that has fired for some minutes."""
    now = datetime.now(UTC)
    rule = known(AlertRules(database).add(body_of(a_rule(split_by="country")), "ada", now))
    timing = machine.Timing(timedelta(), timedelta())
    standing = machine.begin(now - timedelta(minutes=5))
    seen = Observation(Verdict.FIRES, 412.0, 980)
    step = machine.advance(timing, standing, seen, now - timedelta(minutes=5))
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
        over = machine.put_away(standing_of(row), "over", now).standing
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
    end(database, alert_id)
    assert (found(), found(state="resolved"), found(start=soon(hours=-1))) == (0, 1, 1)
    assert found(start=soon(hours=-3), end=soon(hours=-2)) == 0


def test_alerts_as_csv(ask: Ask, alert_id: int) -> None:
    answer = ask("GET", "/api/ws/alerts", format="csv")
    header, row = csv.reader(io.StringIO(answer.text))
    told = dict(zip(header, row, strict=True))
    assert (told["id"], told["labels"], told["value"]) == (str(alert_id), "country=BR", "412.0")
    assert (told["acknowledged_by"], told["ended_at"]) == ("", "")


@pytest.mark.parametrize(
    "query", [{"state": "odd"}, {"severity": "odd"}, {"start": "odd"}, {"x": "1"}]
)
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


def test_a_rule_lives_with_its_versions(ask: Ask) -> None:
    made = ask("POST", RULES, RULE)
    assert made.status_code == 201
    path = f"{RULES}/{made.get_json()['id']}"
    assert ask("PUT", path, RULE | {"fire": 250}).get_json()["version"] == 2
    assert ask("PUT", path, RULE | {"fire": 250}).get_json()["version"] == 2
    assert ask("GET", path).get_json()["rule"]["fire"] == 250
    assert [rule["name"] for rule in ask("GET", RULES).get_json()["rules"]] == ["Slow"]
    assert [ask("DELETE", path).status_code for _ in range(2)] == [204, 404]
    story = ask("GET", f"{path}/versions").get_json()["versions"]
    assert [(one["version"], (one["rule"] or {}).get("fire")) for one in story] == [
        (3, None), (2, 250), (1, 200),
    ]  # fmt: skip
    assert all(one["actor"].startswith("token admin") for one in story)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("name", {"name": " x"}),
        ("name", {"name": "a\x00"}),
        ("source", {"source": "moon"}),
        ("metric", {"metric": "odd"}),
        ("metric", {"metric": "latency"}),
        ("aggregation", {"aggregation": "ratio"}),
        ("aggregation", {"metric": "stability", "aggregation": "ratio"}),
        ("window_seconds", {"window_seconds": 90}),
        ("window_seconds", {"window_seconds": 7200}),
        ("filters", {"filters": {"moon": "full"}}),
        ("filters", {"filters": {"app": "a\x00"}}),
        ("split_by", {"split_by": "service"}),
        ("split_by", {"split_by": "app", "filters": {"app": "portal"}}),
        ("fire", {"fire": "many"}),
        ("fire", {"metric": "error_rate", "aggregation": "ratio", "fire": 5}),
        ("clear", {"clear": 300}),
        ("clear", {"direction": "below", "clear": 100}),
        ("for_seconds", {"for_seconds": -1}),
        ("for_seconds", {"for_seconds": True}),
        ("no_data", {"no_data": "cry"}),
        ("severity", {"severity": "awful"}),
        ("channels", {"channels": []}),
        ("channels[0]", {"channels": ["smoke"]}),
        ("recipients", {"recipients": ["a5b1f2de-0000-4000-8000-000000000000"]}),
        ("inhibited_by", {"inhibited_by": ["Nobody"]}),
        ("inhibited_by", {"inhibited_by": ["Slow"]}),
        ("quiet_hours.zone", {"quiet_hours": {"start": "22:00", "end": "06:00", "zone": "Moon"}}),
        ("quiet_hours.zone", {"quiet_hours": {"start": "22:00", "end": "06:00", "zone": "../x"}}),
        ("quiet_hours.end", {"quiet_hours": {"start": "22:00", "end": "22:00"}}),
        ("quiet_hours.start", {"quiet_hours": {"start": "25:00", "end": "22:00"}}),
        ("runbook", {"runbook": "x" * 2001}),
        ("odd", {"odd": 1}),
    ],
)
def test_a_wrong_rule_is_refused_by_its_field(ask: Ask, field: str, change: dict[str, Any]) -> None:
    for path in (
        (RULES, f"{RULES}/preview") if field not in ("inhibited_by", "recipients") else (RULES,)
    ):
        answer = ask("POST", path, RULE | change)
        assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_a_missing_field_is_named(ask: Ask) -> None:
    answer = ask("POST", RULES, {"name": "Slow"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "source")


def test_a_name_is_taken_once_and_kept_while_others_name_it(ask: Ask) -> None:
    first = ask("POST", RULES, RULE).get_json()["id"]
    assert ask("POST", RULES, RULE).status_code == 409
    second = ask("POST", RULES, RULE | {"name": "B", "inhibited_by": ["Slow"]})
    assert second.status_code == 201
    assert ask("DELETE", f"{RULES}/{first}").status_code == 409
    assert ask("PUT", f"{RULES}/{first}", RULE | {"name": "C"}).status_code == 409
    assert ask("PUT", f"{RULES}/{second.get_json()['id']}", RULE).get_json()["field"] == "name"


def test_a_preview_tells_what_would_have_been(ask: Ask, database: Database) -> None:
    day = datetime.now(UTC) - timedelta(days=2)
    ClientReports(database).insert(
        [
            report((ms,) * 20, country=country, period_end=day + timedelta(minutes=10 * n))
            for n in range(24)
            for country, ms in (("BR", 400 if n in (6, 7, 8, 18) else 50), ("DE", 40))
        ]
    )
    told = ask("POST", f"{RULES}/preview", RULE | {"for_seconds": 0, "keep_firing_seconds": 0})
    preview = told.get_json()
    assert (preview["step_seconds"], preview["unit"]) == (300, "ms")
    assert preview["sentence"].startswith("would have fired twice in 30 days, ")
    assert preview["fired"] == len(preview["episodes"]) == 2
    assert preview["suggestions"][0]["times"] == 1
    split = ask("POST", f"{RULES}/preview", RULE | {"split_by": "country"}).get_json()
    assert {one["labels"]["country"] for one in split["series"]} == {"BR", "DE"}


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


def test_what_is_no_object_is_no_rule(ask: Ask, client: FlaskClient) -> None:
    assert ask("POST", RULES, [RULE]).status_code == 400
    assert ask("POST", RULES).status_code == 415
