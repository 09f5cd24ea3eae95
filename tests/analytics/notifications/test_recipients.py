"""Recipients: managed by admins only, tested with the server's real reply, audited."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analytics.jobs import delivery
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.notifications.deadline import NotDelivered
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.email.alert_email import compose_alert_email
from analytics.notifications.email.smtp import MailServer, mime_message
from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL, Actor, InvalidChange, NotAllowed
from models.alerts import outbox, recipients
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import MOST_RECIPIENTS
from models.database.engine import Database
from models.database.leases import Leases
from models.people.audit import Audit
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.notice_factory import a_notice
from tests.support.receivers.mail_server import (
    Mailbox,
    WebhookReceiver,
    mail_server,
    tarpit,
    webhook_server,
)
from wsgi import create_app

PATH = "/api/ws/recipients"
ApiCall = Callable[..., TestResponse]


@pytest.fixture
def actions(database: Database, clock: Clock, tmp_path: Path) -> RecipientActions:
    return RecipientActions(database, Settings(data_dir=tmp_path), clock)


@pytest.fixture
def api(client: FlaskClient, database: Database, clock: Clock) -> ApiCall:
    """Call the API as an admin, or with another role."""
    tokens = {
        role: AccountActions(database, clock).add_token(SHELL, role, role)
        for role in ("admin", "analyst")
    }

    def call(method: str, path: str, json: object = None, role: str = "admin") -> TestResponse:
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        return client.open(path, method=method, json=json, headers=headers)

    return call


def add_recipient(api: ApiCall, **values: object) -> dict[str, Any]:
    defaults: dict[str, object] = {"kind": "email", "address": "a@example.com"}
    response = api("POST", PATH, defaults | values)
    assert response.status_code == 201, response.text
    recipient: dict[str, Any] = response.get_json()
    return recipient


def test_a_recipient_is_added_changed_and_removed(api: ApiCall) -> None:
    recipient = add_recipient(api, address="Ops@EXAMPLE.com", wants_digest=True)
    assert (recipient["name"], recipient["address"]) == ("Ops@EXAMPLE.com", "Ops@example.com")
    assert api("GET", PATH).get_json() == {"recipients": [recipient]}
    changed = api("PATCH", f"{PATH}/{recipient['id']}", {"paused": True, "name": "Ops"}).get_json()
    assert changed == recipient | {"paused": True, "name": "Ops"}
    assert api("DELETE", f"{PATH}/{recipient['id']}").status_code == 204
    assert api("DELETE", f"{PATH}/{recipient['id']}").status_code == 404
    assert api("GET", PATH).get_json() == {"recipients": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH), ("POST", PATH), ("PATCH", f"{PATH}/x"), ("DELETE", f"{PATH}/x"),
        ("POST", f"{PATH}/x/test"), ("GET", "/api/ws/deliveries"),
    ],
)  # fmt: skip
def test_only_admins_may_manage_recipients(
    api: ApiCall, client: FlaskClient, method: str, path: str
) -> None:
    assert api(method, path, role="analyst").status_code == 403
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
def test_what_cannot_be_used_is_refused(api: ApiCall, field: str | None, values: object) -> None:
    defaults = {"kind": "email", "address": "a@example.com"}
    response = api("POST", PATH, defaults | values)  # type: ignore[operator]  # both are dicts
    assert response.status_code == 422
    assert response.get_json().get("field") == field


def test_addresses_are_unique_and_limited_in_number(
    api: ApiCall, actions: RecipientActions
) -> None:
    add_recipient(api)
    assert api("POST", PATH, {"kind": "email", "address": "a@example.com"}).status_code == 409
    for number in range(MOST_RECIPIENTS - 1):
        actions.add(SHELL, "email", f"a{number}@example.com")
    assert api("POST", PATH, {"kind": "email", "address": "z@example.com"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"paused": "x"}, {"nonsense": 1}])
def test_a_change_must_change_something(api: ApiCall, body: object) -> None:
    assert api("PATCH", f"{PATH}/{add_recipient(api)['id']}", body).status_code == 422


def test_a_test_message_returns_the_reply_of_the_mail_server(
    settings: Settings, database: Database, clock: Clock
) -> None:
    mailbox = Mailbox()
    mailbox.after_data.append("550 5.7.1 not from you")
    with mail_server(mailbox) as port:
        app = create_app(with_mail(settings, port))
        call = admin_client(app, database, clock)
        recipient = add_recipient(call)
        first = call("POST", f"{PATH}/{recipient['id']}/test").get_json()
        second = call("POST", f"{PATH}/{recipient['id']}/test").get_json()
    assert first == {"delivered": False, "answer": "550 5.7.1 not from you"}
    assert second == {"delivered": True, "answer": "250 2.0.0 queued as 4711"}
    assert mailbox.mails[0]["Subject"] == "Test message from WebSocket Analytics"


def test_a_test_message_to_a_webhook_answers_its_status(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    receiver = WebhookReceiver()
    receiver.replies.append((403, {}, b"who are you"))
    allowed = Settings(data_dir=tmp_path, webhook_allow_private=True)
    with webhook_server(receiver) as address:
        recipient = RecipientActions(database, allowed, clock).add(SHELL, "webhook", address)
        trials = [
            RecipientActions(database, settings, clock).test(SHELL, recipient.id)
            for settings in (allowed, allowed, Settings(data_dir=tmp_path))
        ]
    assert [trial.delivered for trial in trials] == [False, True, False]
    assert trials[0].answer == "403 Forbidden: who are you"
    assert trials[1].answer == "200 OK"
    assert "WEBHOOK_ALLOW_PRIVATE" in trials[2].answer


def test_a_hanging_mail_server_is_cut_off_at_the_deadline(tmp_path: Path) -> None:
    with tarpit(b"220 hello\r\n") as port:
        settings = with_mail(Settings(data_dir=tmp_path), port)
        email = compose_alert_email([a_notice()], None)
        message = mime_message(email, sender="m@example.com", to="a@b.c", message_id="1", at=NOON)
        with pytest.raises(NotDelivered, match="No answer within"):
            MailServer(settings, deadline_seconds=0.3).send(message)


def test_changes_are_audited_without_webhook_secrets(
    actions: RecipientActions, database: Database
) -> None:
    recipient = actions.add(SHELL, "webhook", "https://hooks.example.com/T0K3N")
    actions.change(SHELL, recipient.id, {"paused": True})
    actions.test(SHELL, recipient.id)
    actions.remove(SHELL, recipient.id)
    entries = Audit(database).latest()
    assert [entry.action for entry in reversed(entries)] == [
        "added recipient", "changed recipient", "tested recipient", "removed recipient",
    ]  # fmt: skip
    assert "T0K3N" not in str(entries)


def test_deliveries_are_filtered_by_state(
    api: ApiCall, actions: RecipientActions, database: Database
) -> None:
    actions.add(SHELL, "email", "a@example.com", "On call")
    with database.transaction() as connection:
        outbox.enqueue(
            connection,
            [OutgoingMessage([a_notice()], recipients.active(connection), "latency")],
            NOON,
        )
    (delivery,) = api("GET", "/api/ws/deliveries?state=waiting").get_json()["deliveries"]
    assert (delivery["name"], delivery["state"], delivery["tries"]) == ("On call", "waiting", 0)
    assert api("GET", "/api/ws/deliveries?state=dead").get_json() == {"deliveries": []}
    assert api("GET", "/api/ws/deliveries?state=lost").status_code == 422
    assert api("GET", "/api/ws/deliveries?state=").status_code == 422


def test_admin_email_is_the_first_recipient_and_once(
    actions: RecipientActions, database: Database, clock: Clock, tmp_path: Path
) -> None:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    context = JobContext(database, Settings(data_dir=tmp_path), clock, lease)
    assert delivery.first_recipient(context) == "added ADMIN_EMAIL"
    assert delivery.first_recipient(context) == "nothing to do"
    (first,) = actions.all(SHELL)
    assert (first.kind, first.address) == ("email", "admin@example.com")
    actions.remove(SHELL, first.id)
    assert delivery.first_recipient(context) == "nothing to do"


def test_an_invalid_admin_email_is_refused(database: Database, clock: Clock) -> None:
    with pytest.raises(InvalidChange):
        RecipientActions(database, Settings(admin_email="nobody"), clock).ensure_first()


def with_mail(settings: Settings, port: int) -> Settings:
    return Settings(
        data_dir=settings.data_dir, database_url=settings.database_url, web_workers=1,
        smtp_host="localhost", smtp_port=port, smtp_security="none",
        email_from="monitoring@example.com",
    )  # fmt: skip


def admin_client(app: Flask, database: Database, clock: Clock) -> ApiCall:
    token = AccountActions(database, clock).add_token(SHELL, "of a test", "admin")
    client = app.test_client()

    def call(method: str, path: str, json: object = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(path, method=method, json=json, headers=headers)

    return call
