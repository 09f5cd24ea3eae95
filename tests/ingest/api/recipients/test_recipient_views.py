"""The routes of recipients: bodies that are no recipient, ids of nobody, hostile names."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics.permission.actor import SHELL, Actor
from ingest.api.recipients.recipient_routes import DELIVERIES_PATH, RECIPIENTS_PATH, ROUTES
from ingest.http import problems
from ingest.routing.runner import RouteTable
from models.database.engine import Database
from settings import Settings
from tests.support.alerts.alert_requests import SendRequest, request_sender
from tests.support.clock import Clock
from tests.support.servers.api_client import new_token
from tests.support.services import NO_SERVICES, services_on

EMAIL = {"kind": "email", "address": "a@example.com"}


@pytest.fixture
def ask(client: FlaskClient, database: Database) -> SendRequest:
    """Sends requests as an admin."""
    return request_sender(client, database)


def test_nobody_has_such_an_id(ask: SendRequest) -> None:
    requests: tuple[tuple[str, str, Any], ...] = (
        ("PATCH", "", {"paused": True}), ("DELETE", "", None), ("POST", "/test", None),
    )  # fmt: skip
    for method, suffix, body in requests:
        for recipient_id in (str(uuid4()), "7", "x" * 300, "%00", "..%2Fme"):
            response = ask(method, f"{RECIPIENTS_PATH}/{recipient_id}{suffix}", body)
            assert response.status_code == 404, (method, recipient_id)


def test_recipients_are_added_singly(ask: SendRequest) -> None:
    bodies: tuple[tuple[Any, int], ...] = (
        ([EMAIL], 400), ({"recipients": [EMAIL, EMAIL]}, 400), ({"recipients": []}, 400),
        ({"recipients": [EMAIL]}, 201), ({"recipients": ["a@example.com"]}, 422),
    )  # fmt: skip
    statuses = [ask("POST", RECIPIENTS_PATH, body).status_code for body, _ in bodies]
    assert statuses == [status for _, status in bodies]


def test_a_body_must_be_json(client: FlaskClient, database: Database) -> None:
    headers = {"Authorization": f"Bearer {new_token(database, 'admin')}"}
    form = client.post(RECIPIENTS_PATH, data=EMAIL, headers=headers)
    broken = client.post(
        RECIPIENTS_PATH, data=b'{"kind"', headers=headers, content_type="application/json"
    )
    assert (form.status_code, broken.status_code) == (415, 400)


def test_a_hostile_name_comes_back_as_it_was_and_is_not_cached(ask: SendRequest) -> None:
    name = "</script><b>'\"; DROP TABLE"
    created = ask("POST", RECIPIENTS_PATH, EMAIL | {"name": name})
    assert (created.status_code, created.get_json()["name"]) == (201, name)
    listed = ask("GET", RECIPIENTS_PATH)
    assert [recipient["name"] for recipient in listed.get_json()["recipients"]] == [name]
    assert listed.headers["Cache-Control"] == "no-store"
    assert listed.content_type == "application/json"


def test_a_webhook_is_named_by_its_host_alone(ask: SendRequest) -> None:
    address = "https://hooks.example.com/T0K3N?key=1"
    created = ask("POST", RECIPIENTS_PATH, {"kind": "webhook", "address": address})
    assert created.get_json()["name"] == "hooks.example.com"


def test_unknown_parameters_are_named(ask: SendRequest) -> None:
    for path in (RECIPIENTS_PATH, DELIVERIES_PATH):
        response = ask("GET", path, colour="red")
        assert (response.status_code, response.get_json()["field"]) == (422, "colour")
    assert ask("GET", DELIVERIES_PATH, state="").status_code == 422


@pytest.mark.parametrize(
    ("actor", "status"),
    [(None, 401), (Actor("m", "analyst"), 403), (Actor("m", "ingest"), 403), (SHELL, 200)],
)
def test_the_routes_ask_who_it_is_even_without_the_guard(
    database: Database, settings: Settings, clock: Clock, actor: Actor | None, status: int
) -> None:
    app = Flask("recipients")
    problems.register(app, NO_SERVICES)
    RouteTable(ROUTES).register(app, services_on(database, settings, clock, actor))
    assert app.test_client().get(RECIPIENTS_PATH).status_code == status
    assert app.test_client().get(DELIVERIES_PATH).status_code == status
