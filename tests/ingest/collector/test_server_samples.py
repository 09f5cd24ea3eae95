"""Samples and events of other services: validated, stored once, from ingest tokens only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from ingest import payloads
from ingest.payloads import Fault
from models.database.engine import Database
from models.raw.events import Events
from tests.support.clock import NOON
from tests.support.servers.api_client import new_token
from tests.support.store.postgres import rows

Post = Callable[[Any], TestResponse]
SAMPLES, EVENTS = "/api/ws/server-metrics", "/api/ws/events"


def a_sample(at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "sample_id": str(uuid4()), "service": "chat", "instance": "host-1:8000", "app": "portal",
        "period_start": (at - timedelta(seconds=15)).isoformat(), "period_end": at.isoformat(),
        **more,
    }  # fmt: skip


def token_of(database: Database, role: str) -> str:
    return new_token(database, role)


@pytest.fixture
def sender(client: FlaskClient, database: Database) -> Callable[[str, Any], TestResponse]:
    bearer = {"Authorization": f"Bearer {new_token(database, 'ingest')}"}
    return lambda path, body: client.post(path, json=body, headers=bearer)


def test_a_sample_is_stored_and_reported_beside_our_own(
    sender: Callable[[str, Any], TestResponse], database: Database
) -> None:
    at = datetime.now(UTC)
    sample = a_sample(
        at,
        connections={"active": 7, "opened": 9,
                     "closed": {"1000": 1, "1001/proxy": 1, "1006/nobody": 1, "unknown": 1}},
        messages={"sent": 4, "received": 3, "errors": 2, "errors_by_kind": {"late": 1},
                  "by_type": {"chat": {"sent": 4, "received": 3}}},
        rooms={"active": 1, "members": 7, "top": [{"room": "hall", "members": 7, "messages": 3}]},
        performance={"message_latency_ms": {"samples_ms": [1.5, 20]}, "memory_bytes": 1000},
        agent={"version": "1.0.0", "face": "asgi", "server": "hypercorn 0.18.0",
               "not_counted": ["closed_by", "stale", "users"]},
    )  # fmt: skip
    response = sender(SAMPLES, sample)
    assert (response.status_code, response.get_json()["accepted"]) == (201, 1)
    assert sender(SAMPLES, sample).get_json()["duplicates"] == 1
    window = TimeRange(at - timedelta(minutes=5), at + timedelta(minutes=1))
    metrics = Reports(database).metrics(window, service="chat")
    assert (metrics.connections.active, metrics.connections.opened) == (7, 9)
    assert metrics.connections.closed == {"1000": 1, "1001": 1, "1006": 1, "unknown": 1}
    assert metrics.connections.closed_by == {"unknown": 2, "proxy": 1, "nobody": 1}
    assert metrics.connections.abnormal_closes == 1
    assert metrics.messages.errors_by_kind == {"late": 1, "other": 1}
    assert metrics.rooms.top[0].room == "hall"
    assert metrics.performance.message_latency_ms.n == 2
    assert metrics.workers[0].memory_bytes == 1000
    assert metrics.agents[0].server == "hypercorn 0.18.0"
    assert (metrics.connections.stale, metrics.connections.unique_users) == (None, None)
    assert "hypercorn 0.18.0 (chat)" in metrics.not_counted["connections.closed_by"]


def test_another_body_of_a_sample_is_a_conflict_and_the_first_wins(
    sender: Callable[[str, Any], TestResponse], database: Database
) -> None:
    at = datetime.now(UTC)
    first = a_sample(at, connections={"opened": 4})
    other, later = first | {"connections": {"opened": 5}}, a_sample(at + timedelta(seconds=5))
    later["sample_id"] = first["sample_id"]
    receipt = sender(SAMPLES, {"samples": [first, other, later, first]}).get_json()
    assert (receipt["accepted"], receipt["duplicates"], receipt["conflicts"]) == (2, 1, 1)
    assert sender(SAMPLES, other).status_code == 422
    assert rows(database, "SELECT value FROM server_totals WHERE name = 'opened'") == [(4.0,)]


def test_each_sample_of_many_is_judged_by_itself(
    sender: Callable[[str, Any], TestResponse],
) -> None:
    at = datetime.now(UTC)
    batch = {
        "samples": [a_sample(at), a_sample(at, service=""), a_sample(at, messages={"sent": -1})]
    }
    response = sender(SAMPLES, batch)
    assert response.status_code == 201
    rejected = response.get_json()["rejected"]
    assert [(rejection["index"], rejection["field"]) for rejection in rejected] == [
        (1, "service"),
        (2, "messages.sent"),
    ]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("service", {"service": "websocket-analytics"}),
        ("instance", {"instance": ""}),
        ("app", {"app": "a\0b"}),
        ("period_end", {"period_end": (NOON + timedelta(seconds=61)).isoformat()}),
        ("connections.active", {"connections": {"active": True}}),
        ("connections.closed.99", {"connections": {"closed": {"99": 1}}}),
        ("agent.version", {"agent": {"face": "asgi", "server": "x"}}),
        ("agent.server", {"agent": {"version": "1", "face": "asgi", "server": "a\0b"}}),
        ("connections.closed.1000", {"connections": {"closed": {"1000": -1}}}),
        ("connections.rejected.200", {"connections": {"rejected": {"200": 1}}}),
        ("connections.duration_ms.samples_ms[0]",
         {"connections": {"duration_ms": {"samples_ms": [-1]}}}),
        ("messages.by_type.x", {"messages": {"by_type": {"x": 3}}}),
        ("messages.by_type.x.sent", {"messages": {"by_type": {"x": {"sent": 2**40}}}}),
        ("rooms.top[0]", {"rooms": {"top": ["hall"]}}),
        ("rooms.top[0].room", {"rooms": {"top": [{"room": ""}]}}),
        ("rooms.top", {"rooms": {"top": [{}] * 51}}),
        ("performance.loop_lag_ms.histogram.9999",
         {"performance": {"loop_lag_ms": {"histogram": {"9999": 1}}}}),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(field: str, more: dict[str, Any]) -> None:
    with pytest.raises(Fault) as fault:
        payloads.read_sample(a_sample(NOON, **more), NOON)
    assert fault.value.field == field


def test_an_event_is_stored_once(
    sender: Callable[[str, Any], TestResponse], database: Database
) -> None:
    event = {"kind": "deploy", "title": "2.4.1", "app": "portal"}
    event["at"] = datetime.now(UTC).isoformat()
    first, second = sender(EVENTS, event), sender(EVENTS, event)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.get_json()["stored"], second.get_json()["stored"]) == (True, False)
    now = datetime.now(UTC)
    events = Events(database).between(now - timedelta(hours=1), now, "portal")
    assert [(event.kind, event.title) for event in events] == [("deploy", "2.4.1")]
    assert Events(database).between(now - timedelta(hours=1), now, "kiosk") == []


def test_another_event_under_the_same_id_is_a_conflict(
    sender: Callable[[str, Any], TestResponse], database: Database
) -> None:
    event = {"kind": "deploy", "title": "2.4.1", "event_id": str(uuid4())}
    at = datetime.now(UTC).isoformat()
    bodies = (event, event, event | {"title": "2.4.2"}, event | {"at": at})
    receipts = [sender(EVENTS, body).get_json() for body in bodies]
    assert [receipt["stored"] for receipt in receipts] == [True, False, False, False]
    assert [receipt["conflict"] for receipt in receipts] == [False, False, True, True]


@pytest.mark.parametrize(
    ("field", "event"),
    [
        ("kind", {"title": "x"}),
        ("kind", {"kind": "Deploy!", "title": "x"}),
        ("title", {"kind": "deploy", "title": ""}),
        ("title", {"kind": "deploy", "title": "a\nb"}),
        ("at", {"kind": "deploy", "title": "x", "at": "yesterday"}),
        ("at", {"kind": "deploy", "title": "x", "at": "2001-01-01T00:00:00Z"}),
    ],
)
def test_a_wrong_event_is_refused_by_its_field(
    sender: Callable[[str, Any], TestResponse], field: str, event: dict[str, Any]
) -> None:
    response = sender(EVENTS, event)
    assert (response.status_code, response.get_json()["field"]) == (422, field)


@pytest.mark.parametrize("path", [SAMPLES, EVENTS])
def test_only_senders_may_send(client: FlaskClient, database: Database, path: str) -> None:
    assert client.post(path, json={}).status_code == 401
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    assert client.post(path, json={}, headers=bearer).status_code == 403


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"samples": 3}', b'{"a":1,"a":2}'])
def test_a_malformed_body_is_rejected(client: FlaskClient, database: Database, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {new_token(database, 'ingest')}"}
    response = client.post(SAMPLES, data=body, headers=headers, content_type="application/json")
    assert response.status_code == 400
    assert (
        client.post(SAMPLES, data=body, headers=headers, content_type="text/css").status_code == 415
    )


def test_nothing_is_acknowledged_while_the_store_is_away(app: Flask, database: Database) -> None:
    bearer = {"Authorization": f"Bearer {new_token(database, 'ingest')}"}
    with database.transaction() as connection:
        connection.exec_driver_sql("LOCK TABLE server_samples IN ACCESS EXCLUSIVE MODE")
        response = app.test_client().post(SAMPLES, json=a_sample(datetime.now(UTC)), headers=bearer)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert rows(database, "SELECT * FROM server_samples") == []
