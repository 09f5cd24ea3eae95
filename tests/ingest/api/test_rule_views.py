"""The routes of alert rules: versions, errors by field, names, the preview."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.database.engine import Database
from models.people.audit import Audit
from models.raw.report_insert import ClientReports
from tests.support.alerts.alert_requests import RULES, SILENCES, SendRequest, request_sender
from tests.support.store.report_factory import report

RULE = {
    "name": "Slow",
    "source": "client",
    "metric": "latency_ms",
    "aggregation": "p95",
    "fire": 200,
}


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> SendRequest:
    """Sends requests as an admin."""
    return request_sender(client, database)


def test_a_rule_is_versioned(ask: SendRequest) -> None:
    created = ask("POST", RULES, RULE)
    assert created.status_code == 201
    path = f"{RULES}/{created.get_json()['id']}"
    assert ask("PUT", path, RULE | {"fire": 250}).get_json()["version"] == 2
    assert ask("PUT", path, RULE | {"fire": 250}).get_json()["version"] == 2
    assert ask("GET", path).get_json()["rule"]["fire"] == 250
    assert [rule["name"] for rule in ask("GET", RULES).get_json()["rules"]] == ["Slow"]
    assert [ask("DELETE", path).status_code for _ in range(2)] == [204, 404]
    versions = ask("GET", f"{path}/versions").get_json()["versions"]
    assert [(version["version"], (version["rule"] or {}).get("fire")) for version in versions] == [
        (3, None), (2, 250), (1, 200),
    ]  # fmt: skip
    assert all(version["actor"].startswith("token admin") for version in versions)


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
        ("aggregation", {"metric": "stability", "aggregation": "count"}),
        ("aggregation", {"metric": "close_codes", "aggregation": "mean"}),
        ("fire", {"metric": "stability", "aggregation": "ratio"}),
        ("filters", {"filters": {"code": "1006"}}),
        ("split_by", {"split_by": "code"}),
        ("split_by", {"metric": "close_codes", "aggregation": "rate", "split_by": "status"}),
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
def test_a_wrong_rule_is_refused_by_its_field(
    ask: SendRequest, field: str, change: dict[str, Any]
) -> None:
    for path in (
        (RULES, f"{RULES}/preview") if field not in ("inhibited_by", "recipients") else (RULES,)
    ):
        response = ask("POST", path, RULE | change)
        assert (response.status_code, response.get_json()["field"]) == (422, field)


def test_a_missing_field_is_named(ask: SendRequest) -> None:
    response = ask("POST", RULES, {"name": "Slow"})
    assert (response.status_code, response.get_json()["field"]) == (422, "source")


def test_names_are_unique_and_referenced_rules_stay(ask: SendRequest) -> None:
    first = ask("POST", RULES, RULE).get_json()["id"]
    assert ask("POST", RULES, RULE).status_code == 409
    second = ask("POST", RULES, RULE | {"name": "B", "inhibited_by": ["Slow"]})
    assert second.status_code == 201
    assert ask("DELETE", f"{RULES}/{first}").status_code == 409
    assert ask("PUT", f"{RULES}/{second.get_json()['id']}", RULE).get_json()["field"] == "name"


def test_references_follow_a_renamed_rule(ask: SendRequest, database: Database) -> None:
    first = ask("POST", RULES, RULE).get_json()["id"]
    second = ask("POST", RULES, RULE | {"name": "B", "inhibited_by": ["Slow"]}).get_json()["id"]
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for name in ("Slow", "B"):
        ask("POST", SILENCES, {"rule": name, "ends_at": until})
    itself = ask("PUT", f"{RULES}/{first}", RULE | {"name": "C", "inhibited_by": ["Slow"]})
    assert (itself.status_code, itself.get_json()["field"]) == (422, "inhibited_by")
    assert ask("PUT", f"{RULES}/{first}", RULE | {"name": "C"}).status_code == 200
    follower = ask("GET", f"{RULES}/{second}").get_json()
    assert (follower["version"], follower["rule"]["inhibited_by"]) == (2, ["C"])
    silences = ask("GET", SILENCES).get_json()["silences"]
    assert [silence["rule"] for silence in silences] == ["C", "B"]
    entry = Audit(database).latest()[0]
    assert (entry.action, entry.subject) == ("changed alert rule", "C")
    assert entry.detail == {"former": "Slow", "rules": ["B"], "silences": 1}
    assert ask("PUT", f"{RULES}/{first}", RULE | {"name": "B"}).status_code == 409


def test_a_preview_reports_past_episodes(ask: SendRequest, database: Database) -> None:
    day = datetime.now(UTC) - timedelta(days=2)
    ClientReports(database).insert(
        [
            report((ms,) * 20, country=country, period_end=day + timedelta(minutes=10 * n))
            for n in range(24)
            for country, ms in (("BR", 400 if n in (6, 7, 8, 18) else 50), ("DE", 40))
        ]
    )
    response = ask("POST", f"{RULES}/preview", RULE | {"for_seconds": 0, "keep_firing_seconds": 0})
    preview = response.get_json()
    assert (preview["step_seconds"], preview["unit"]) == (300, "ms")
    assert preview["sentence"].startswith("would have fired twice in 30 days, ")
    assert preview["fired"] == len(preview["episodes"]) == 2
    assert [(entry["times"], entry["fired"]) for entry in preview["suggestions"]] == [
        (3, 2),
        (10, 2),
    ]
    split = ask("POST", f"{RULES}/preview", RULE | {"split_by": "country"}).get_json()
    assert {entry["labels"]["country"] for entry in split["series"]} == {"BR", "DE"}


def test_session_and_label_rules_preview_and_save(ask: SendRequest, database: Database) -> None:
    day = datetime.now(UTC) - timedelta(days=2)
    ClientReports(database).insert(
        [report(country="BR", period_end=day + timedelta(hours=n), close_codes={"1006": 1},
                abnormal_closes=1) for n in range(3)]
    )  # fmt: skip
    stable = RULE | {"metric": "stability", "aggregation": "ratio", "fire": 0.9,
                     "direction": "below"}  # fmt: skip
    preview = ask("POST", f"{RULES}/preview", stable).get_json()
    assert "by the hour they began in" in preview["note"]
    assert {value for _, value in preview["series"][0]["points"]} == {None, 0.0}
    codes = RULE | {"metric": "close_codes", "aggregation": "count", "split_by": "code",
                    "filters": {"country": "BR"}}  # fmt: skip
    preview = ask("POST", f"{RULES}/preview", codes).get_json()
    assert (preview["note"], preview["series"][0]["labels"]) == ("", {"code": "1006"})
    assert [ask("POST", RULES, rule | {"name": name}).status_code
            for name, rule in (("A", stable), ("B", codes))] == [201, 201]  # fmt: skip


def test_a_body_that_is_no_object_is_rejected(ask: SendRequest, client: FlaskClient) -> None:
    assert ask("POST", RULES, [RULE]).status_code == 400
    assert ask("POST", RULES).status_code == 415
