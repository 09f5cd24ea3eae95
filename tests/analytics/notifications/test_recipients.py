"""Who gets messages: managed by admins alone, tested with the server's real answer, on record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analytics.jobs import first_recipient
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.notifications.deadline import NotDelivered
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.email.alert_email import alert_letter
from analytics.notifications.email.smtp import MailServer, written
from analytics.people.actions import Actions
from analytics.permission.actor import SHELL, Actor, NotAllowed, Refused
from models.alerts import outbox, recipients
from models.alerts.recipients import MOST_RECIPIENTS
from models.database.engine import Database
from models.database.leases import Leases
from models.people.audit import Audit
from settings import Settings
from tests.conftest import NOON, Clock
from tests.support.mail_server import Postbox, Receiver, mail_server, receiving, tarpit
from tests.support.notice_factory import a_notice
from wsgi import create_app

PATH = "/api/ws/recipients"
Ask = Callable[..., TestResponse]


@pytest.fixture
def actions(database: Database, clock: Clock, tmp_path: Path) -> RecipientActions:
    return RecipientActions(database, Settings(data_dir=tmp_path), clock)


@pytest.fixture
def ask(client: FlaskClient, database: Database, clock: Clock) -> Ask:
    """Asks the API as an admin, or with another role."""
    tokens = {
        role: Actions(database, clock).add_token(SHELL, role, role) for role in ("admin", "analyst")
    }

    def asked(method: str, path: str, json: object = None, role: str = "admin") -> TestResponse:
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        return client.open(path, method=method, json=json, headers=headers)

    return asked


def added(ask: Ask, **values: object) -> dict[str, Any]:
    usual: dict[str, object] = {"kind": "email", "address": "a@example.com"}
    answer = ask("POST", PATH, usual | values)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def test_a_recipient_comes_changes_and_goes(ask: Ask) -> None:
    made = added(ask, address="Ops@EXAMPLE.com", wants_digest=True)
    assert (made["name"], made["address"]) == ("Ops@EXAMPLE.com", "Ops@example.com")
    assert ask("GET", PATH).get_json() == {"recipients": [made]}
    changed = ask("PATCH", f"{PATH}/{made['id']}", {"paused": True, "name": "Ops"}).get_json()
    assert changed == made | {"paused": True, "name": "Ops"}
    assert ask("DELETE", f"{PATH}/{made['id']}").status_code == 204
    assert ask("DELETE", f"{PATH}/{made['id']}").status_code == 404
    assert ask("GET", PATH).get_json() == {"recipients": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH), ("POST", PATH), ("PATCH", f"{PATH}/x"), ("DELETE", f"{PATH}/x"),
        ("POST", f"{PATH}/x/test"), ("GET", "/api/ws/deliveries"),
    ],
)  # fmt: skip
def test_analysts_and_strangers_have_no_part_in_it(
    ask: Ask, client: FlaskClient, method: str, path: str
) -> None:
    assert ask(method, path, role="analyst").status_code == 403
    assert client.open(path, method=method).status_code == 401


def test_the_actions_themselves_ask_for_an_admin(actions: RecipientActions) -> None:
    with pytest.raises(NotAllowed):
        actions.add(Actor("x", "analyst"), "email", "a@example.com")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", {"kind": "fax"}),
        ("address", {"address": 7}),
        ("name", {"name": "x" * 65}),
        ("paused", {"paused": "no"}),
        (None, {"address": "nobody"}),
        (None, {"address": "a@b.c\r\nBcc: x@y.z"}),
        (None, {"address": "=?utf-8?q?x?=@example.com"}),
        (None, {"name": "a\nb"}),
        (None, {"kind": "webhook", "address": "file:///etc/passwd"}),
        (None, {"kind": "webhook", "address": "https://example.com", "wants_digest": True}),
    ],
)
def test_what_cannot_be_used_is_refused(ask: Ask, field: str | None, values: object) -> None:
    usual = {"kind": "email", "address": "a@example.com"}
    answer = ask("POST", PATH, usual | values)  # type: ignore[operator]  # both are dicts
    assert answer.status_code == 422
    assert answer.get_json().get("field") == field


def test_an_address_is_there_once_and_there_is_an_end(ask: Ask, actions: RecipientActions) -> None:
    added(ask)
    assert ask("POST", PATH, {"kind": "email", "address": "a@example.com"}).status_code == 409
    for number in range(MOST_RECIPIENTS - 1):
        actions.add(SHELL, "email", f"a{number}@example.com")
    assert ask("POST", PATH, {"kind": "email", "address": "z@example.com"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"paused": "x"}, {"nonsense": 1}])
def test_a_change_must_change_something(ask: Ask, body: object) -> None:
    assert ask("PATCH", f"{PATH}/{added(ask)['id']}", body).status_code == 422


def test_a_test_message_answers_what_the_mail_server_said(
    settings: Settings, database: Database, clock: Clock
) -> None:
    postbox = Postbox()
    postbox.after_data.append("550 5.7.1 not from you")
    with mail_server(postbox) as port:
        app = create_app(with_mail(settings, port))
        asked = asker(app, database, clock)
        made = added(asked)
        first = asked("POST", f"{PATH}/{made['id']}/test").get_json()
        second = asked("POST", f"{PATH}/{made['id']}/test").get_json()
    assert first == {"delivered": False, "answer": "550 5.7.1 not from you"}
    assert second == {"delivered": True, "answer": "250 2.0.0 queued as 4711"}
    assert postbox.mails[0]["Subject"] == "Test message from WebSocket Analytics"


def test_a_test_message_to_a_webhook_answers_its_status(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    receiver = Receiver()
    receiver.replies.append((403, {}, b"who are you"))
    allowed = Settings(data_dir=tmp_path, webhook_allow_private=True)
    with receiving(receiver) as address:
        made = RecipientActions(database, allowed, clock).add(SHELL, "webhook", address)
        told = [
            RecipientActions(database, chosen, clock).test(SHELL, made.id)
            for chosen in (allowed, allowed, Settings(data_dir=tmp_path))
        ]
    assert [answer.delivered for answer in told] == [False, True, False]
    assert told[0].answer == "403 Forbidden: who are you"
    assert told[1].answer == "200 OK"
    assert "WEBHOOK_ALLOW_PRIVATE" in told[2].answer


def test_a_silent_mail_server_is_left_in_time(tmp_path: Path) -> None:
    with tarpit(b"220 hello\r\n") as port:
        settings = with_mail(Settings(data_dir=tmp_path), port)
        letter = alert_letter([a_notice()], None)
        message = written(letter, sender="m@example.com", to="a@b.c", message_id="1", at=NOON)
        with pytest.raises(NotDelivered, match="No answer within"):
            MailServer(settings, whole_seconds=0.3).send(message)


def test_changes_stand_in_the_audit_trail_without_the_secret_of_a_webhook(
    actions: RecipientActions, database: Database
) -> None:
    made = actions.add(SHELL, "webhook", "https://hooks.example.com/T0K3N")
    actions.change(SHELL, made.id, {"paused": True})
    actions.test(SHELL, made.id)
    actions.remove(SHELL, made.id)
    entries = Audit(database).latest()
    assert [entry.action for entry in reversed(entries)] == [
        "added recipient", "changed recipient", "tested recipient", "removed recipient",
    ]  # fmt: skip
    assert "T0K3N" not in str(entries)


def test_deliveries_can_be_seen_by_state(
    ask: Ask, actions: RecipientActions, database: Database
) -> None:
    actions.add(SHELL, "email", "a@example.com", "On call")
    with database.transaction() as connection:
        outbox.enqueue(connection, [a_notice()], recipients.active(connection), "latency", NOON)
    (found,) = ask("GET", "/api/ws/deliveries?state=waiting").get_json()["deliveries"]
    assert (found["name"], found["state"], found["tries"]) == ("On call", "waiting", 0)
    assert ask("GET", "/api/ws/deliveries?state=dead").get_json() == {"deliveries": []}
    assert ask("GET", "/api/ws/deliveries?state=lost").status_code == 422


def test_admin_email_is_the_first_recipient_and_once(
    actions: RecipientActions, database: Database, clock: Clock, tmp_path: Path
) -> None:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    around = JobContext(database, Settings(data_dir=tmp_path), clock, lease)
    assert first_recipient.step(around) == "added ADMIN_EMAIL"
    assert first_recipient.step(around) == "nothing to do"
    (first,) = actions.all(SHELL)
    assert (first.kind, first.address) == ("email", "admin@example.com")
    actions.remove(SHELL, first.id)
    assert first_recipient.step(around) == "nothing to do"


def test_an_admin_email_that_is_none_is_told(database: Database, clock: Clock) -> None:
    with pytest.raises(Refused):
        RecipientActions(database, Settings(admin_email="nobody"), clock).ensure_first()


def with_mail(settings: Settings, port: int) -> Settings:
    return Settings(
        data_dir=settings.data_dir, database_url=settings.database_url, web_workers=1,
        smtp_host="localhost", smtp_port=port, smtp_security="none",
        email_from="monitoring@example.com",
    )  # fmt: skip


def asker(app: Flask, database: Database, clock: Clock) -> Ask:
    token = Actions(database, clock).add_token(SHELL, "of a test", "admin")
    client = app.test_client()

    def asked(method: str, path: str, json: object = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(path, method=method, json=json, headers=headers)

    return asked
