"""A complete installation in the test's own process, on a single clock.

The application on a real socket, the jobs of evaluation and delivery, a mail server and a webhook
receiver. Browsers report over HTTP, each from an address of its country.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import requests
from flask import Flask
from werkzeug.serving import make_server

from analytics.alerting.records import body_of
from analytics.alerting.rules.rule import Rule
from analytics.jobs import alerts
from models.alerts import alert_rules
from models.database.engine import Database
from scripts import first_start
from settings_readers import origin_of
from tests.support.clock import Clock
from tests.support.receivers.mail_server import (
    Mailbox,
    WebhookReceiver,
    mail_server,
    webhook_server,
)
from tests.support.servers.api_client import new_token
from tests.support.servers.delivery_job import DeliveryHarness
from tests.support.servers.running_server import ADMIN_EMAIL, ADMIN_PASSWORD, free_port
from wsgi import create_app

EVALUATION_SECONDS = 15  # from one evaluation to the next
TIMEOUT_SECONDS = 10
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
ADDRESSES = {"BR": "200.160.2.3", "DE": "193.99.144.80"}  # of registro.br and heise.de
ReceivedMessages = tuple[list[EmailMessage], list[dict[str, Any]]]


class AlertInstallation:
    """The running installation from outside: its URL, its browsers, and the messages it sends."""

    def __init__(
        self, work: DeliveryHarness, url: str, postbox: Mailbox, receiver: WebhookReceiver
    ) -> None:
        self.url = url
        self._work, self._postbox, self._receiver = work, postbox, receiver
        self._visits = {country: str(uuid4()) for country in ADDRESSES}
        self._http = requests.Session()
        self._reader = {"Authorization": f"Bearer {new_token(work.database, 'analyst')}"}

    def simulate(self, seconds: int, **latency_ms: float) -> None:
        """Time passes. Every 15 seconds each country's browser reports ten round trips, the rules
        are evaluated and due messages sent."""
        for _ in range(seconds // EVALUATION_SECONDS):
            self._work.clock.advance(seconds=EVALUATION_SECONDS)
            for country, ms in latency_ms.items():
                self._report(country, ms)
            alerts.step(self._work.context)
            self._work.step()
            self._work.wait_until(_all_is_sent)

    def take_messages(self) -> ReceivedMessages:
        """Mails and webhooks received since the last call."""
        mails, self._postbox.mails = self._postbox.mails, []
        bodies, self._receiver.bodies = self._receiver.bodies, []
        return mails, [msgspec.json.decode(body) for body in bodies]

    def get(self, path: str, **query: str) -> Any:
        """The JSON an analyst gets from the API."""
        response = self._http.get(
            self.url + path, params=query, headers=self._reader, timeout=TIMEOUT_SECONDS
        )
        assert response.status_code == 200, response.text
        return response.json()

    def close(self) -> None:
        """Closes the HTTP connections."""
        self._http.close()

    def _report(self, country: str, ms: float) -> None:
        end = self._work.clock() - timedelta(seconds=1)
        report = {
            "report_id": str(uuid4()),
            "session_id": self._visits[country],
            "period_start": _iso(end - timedelta(seconds=EVALUATION_SECONDS)),
            "period_end": _iso(end),
            "latency": {"samples_ms": [ms] * 10},
        }
        sender = {"X-Forwarded-For": ADDRESSES[country], "User-Agent": CHROME}
        sender["Origin"] = origin_of(self.url)
        response = self._http.post(
            f"{self.url}/api/ws/client-metrics", json=report, headers=sender,
            timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
        assert (response.status_code, response.json()["accepted"]) == (201, 1), response.text


@contextmanager
def alert_installation(
    database: Database, clock: Clock, data_dir: Path, *rules: Rule, prefix: str = ""
) -> Iterator[AlertInstallation]:
    """An installation behind one proxy, below a path such as `/monitor`, that begins with these
    rules; its admin gets mails, and somebody's pager webhooks."""
    postbox, receiver, port = Mailbox(), WebhookReceiver(), free_port()
    url = f"http://127.0.0.1:{port}{prefix}"
    with mail_server(postbox) as smtp_port, webhook_server(receiver) as hook:
        work = DeliveryHarness(
            database, clock, data_dir=data_dir, database_url=database.url, public_url=url,
            smtp_port=smtp_port, trusted_proxy_hops=1, admin_email=ADMIN_EMAIL,
            admin_password=ADMIN_PASSWORD,
        )  # fmt: skip
        first_start.prepare(work.context.settings, lambda _: None)
        work.add_recipient(ADMIN_EMAIL)
        work.add_recipient(f"{hook}/alerts", "webhook")
        with database.transaction() as connection:
            alert_rules.install(connection, [body_of(rule) for rule in rules], clock())
        with _served(create_app(work.context.settings, clock), port):
            installation = AlertInstallation(work, url, postbox, receiver)
            yield installation
            installation.close()


@contextmanager
def _served(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _all_is_sent() -> bool:
    return not any(thread.name == "delivery" for thread in threading.enumerate())


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
