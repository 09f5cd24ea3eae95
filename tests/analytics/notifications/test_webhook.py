"""Webhooks: Alertmanager's JSON, and the addresses it is never sent to."""

import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.webhook import alertmanager
from analytics.notifications.webhook.webhook import (
    TolerantResponse,
    Webhook,
    body_start,
    is_public,
    url_fault,
)
from tests.support.notice_factory import a_notice
from tests.support.receivers.mail_server import Certificate, WebhookReceiver, tarpit, webhook_server

OPEN = Webhook(allow_private=True)
GUARDED = Webhook(allow_private=False)
PUBLIC = ("93.184.216.34", 443)


def webhook_body(**values: Any) -> dict[str, Any]:
    notices = values.pop("notices", None) or [a_notice(**values)]
    encoded = alertmanager.body(
        notices, group_key="latency", receiver="on call", public_url="https://m.example.com"
    )
    decoded: dict[str, Any] = json.loads(encoded)
    return decoded


def test_the_body_is_alertmanagers_version_4() -> None:
    body = webhook_body()
    alert = body["alerts"][0]
    assert set(body) == {
        "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels",
        "commonLabels", "commonAnnotations", "externalURL", "alerts",
    }  # fmt: skip
    assert (body["version"], body["groupKey"], body["truncatedAlerts"]) == ("4", "latency", 0)
    assert (body["status"], body["receiver"]) == ("firing", "on call")
    assert set(alert) == {
        "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint",
    }  # fmt: skip
    assert alert["labels"] == {
        "alertname": "Message latency", "country": "BR", "severity": "critical",
    }  # fmt: skip
    assert alert["startsAt"] == "2026-03-02T11:15:00.000Z"
    assert alert["endsAt"] == "0001-01-01T00:00:00Z"
    assert alert["generatorURL"] == (
        "https://m.example.com/admin/websocket-analytics/alerts?alert=7"
    )


def test_a_resolved_alert_has_its_end_and_the_same_fingerprint() -> None:
    firing, resolved = webhook_body(), webhook_body(kind="resolved")
    assert resolved["status"] == "resolved"
    assert resolved["alerts"][0]["endsAt"] == "2026-03-02T12:00:00.000Z"
    assert resolved["alerts"][0]["fingerprint"] == firing["alerts"][0]["fingerprint"]


def test_common_labels_are_lifted_and_a_mixed_group_fires() -> None:
    body = webhook_body(notices=[a_notice(), a_notice(kind="resolved", labels={"country": "DE"})])
    assert body["status"] == "firing"
    assert body["commonLabels"] == {"alertname": "Message latency", "severity": "critical"}
    assert body["groupLabels"] == {"alertname": "Message latency"}


def test_a_large_group_is_cut_and_says_so() -> None:
    body = webhook_body(notices=[a_notice(alert_id=n) for n in range(130)])
    assert (len(body["alerts"]), body["truncatedAlerts"]) == (100, 30)


def test_a_post_arrives_with_its_type_and_answers_the_status() -> None:
    receiver = WebhookReceiver()
    with webhook_server(receiver) as address:
        assert OPEN.post(f"{address}/hook?key=1", b"{}", {"Idempotency-Key": "7"}) == "200 OK"
    assert (receiver.paths, receiver.bodies) == (["/hook?key=1"], [b"{}"])
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert receiver.headers[0]["Idempotency-Key"] == "7"


def test_tls_is_checked_by_the_name_that_was_typed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, certificate = WebhookReceiver(), Certificate(tmp_path)
    with webhook_server(receiver, certificate) as address:
        with pytest.raises(NotDelivered, match="certificate is not trusted"):
            OPEN.post(address, b"{}", {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
        assert OPEN.post(address, b"{}", {}) == "200 OK"
        with pytest.raises(NotDelivered, match="certificate is not trusted"):
            OPEN.post(address.replace("localhost", "127.0.0.1"), b"{}", {})
    assert len(receiver.bodies) == 1


def test_a_redirect_is_not_followed() -> None:
    receiver = WebhookReceiver()
    with webhook_server(receiver) as address:
        receiver.replies.append((302, {"Location": f"{address}/elsewhere"}, b""))
        with pytest.raises(NotDelivered, match="302 Found: redirects are not followed"):
            OPEN.post(address, b"{}", {})
    assert receiver.paths == ["/"]


def test_an_error_response_is_quoted_and_truncated() -> None:
    receiver = WebhookReceiver()
    with webhook_server(receiver) as address:
        receiver.replies.append((500, {}, b"no\nroom " + b"x" * 100_000))
        with pytest.raises(NotDelivered, match="500 Internal Server Error: no room") as caught:
            OPEN.post(address, b"{}", {})
    assert len(str(caught.value)) < 300


def test_our_own_network_is_refused_before_a_byte_is_sent() -> None:
    receiver = WebhookReceiver()
    with (
        webhook_server(receiver) as address,
        pytest.raises(NotDelivered, match="WEBHOOK_ALLOW_PRIVATE"),
    ):
        GUARDED.post(address, b"{}", {})
    assert receiver.bodies == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "10.1.2.3", "192.168.1.1", "172.16.0.9", "0.0.0.0",
        "169.254.169.254", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "2130706433",
        "0x7f.1", "100.64.0.1", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "224.0.0.1", "[ff02::1]",
        "255.255.255.255", "[::]",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_private_address_gets_through(host: str) -> None:
    with pytest.raises(NotDelivered, match="not in the open Internet"):
        GUARDED.post(f"http://{host}:9/", b"{}", {})


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_the_open_internet_is_allowed(address: str) -> None:
    assert is_public(address)


def test_dns_rebinding_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[PUBLIC], [("127.0.0.1", 80)]]
    connections: list[object] = []

    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        addresses = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    def connect(_self: socket.socket, address: object) -> None:
        connections.append(address)
        raise ConnectionRefusedError("as far as this goes")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(NotDelivered, match="as far as this goes"):
        GUARDED.post("http://rebinding.example/", b"{}", {})
    with pytest.raises(NotDelivered, match="not in the open Internet"):
        GUARDED.post("http://rebinding.example/", b"{}", {})
    assert connections == [PUBLIC]


def test_a_hanging_receiver_is_cut_off_at_the_deadline() -> None:
    hasty = Webhook(allow_private=True, deadline_seconds=0.2)
    with tarpit() as port, pytest.raises(NotDelivered, match="No answer within"):
        hasty.post(f"http://127.0.0.1:{port}/", b"{}", {})


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """Run a server that sends `head` and then trickles bytes forever; yields its URL."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            opened, _ = listening.accept()
            with opened, suppress(OSError):
                opened.sendall(head)
                while not stopped.wait(0.02):
                    opened.sendall(b"HTTP/1.1")

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        stopped.set()
        thread.join()


def test_a_slow_response_is_cut_off_at_the_deadline() -> None:
    hasty = Webhook(allow_private=True, deadline_seconds=0.3)
    with dripping(b"") as address, pytest.raises(NotDelivered, match="No answer within"):
        hasty.post(address, b"{}", {})


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_the_body_is_not_waited_for(head: bytes) -> None:
    hasty = Webhook(allow_private=True, deadline_seconds=0.3)
    with dripping(head) as address:
        assert hasty.post(address, b"{}", {}) == "200 OK"


class BrokenStream(io.RawIOBase):
    """A stream that returns `sent` and then raises `ConnectionResetError`."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._sent:
            raise ConnectionResetError
        taken, self._sent = self._sent[: len(buffer)], self._sent[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def interrupted_response(sent: bytes) -> TolerantResponse:
    """The response of a server whose connection breaks after `sent`."""
    connection = SimpleNamespace(makefile=lambda _: io.BufferedReader(BrokenStream(sent)))
    response = TolerantResponse(cast(socket.socket, connection), method="POST")
    response.begin()
    return response


@pytest.mark.parametrize(
    "remainder",
    [b"A: ", b"\r\n", b"Content-Length: 9\r\n\r\nthan", b"Transfer-Encoding: chunked\r\n\r\n9"],
)
def test_a_status_counts_even_if_the_connection_breaks_after_it(remainder: bytes) -> None:
    response = interrupted_response(b"HTTP/1.1 200 OK\r\n" + remainder)
    assert (response.status, body_start(response)) == (200, b"")


def test_a_response_without_a_status_fails() -> None:
    with pytest.raises(ConnectionResetError):
        interrupted_response(b"HTTP/1.1 2")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com", "https://", "https://me@example.com/", "javascript:alert(1)",
        "https://example.com:99999/", "https://exämple.com", "https://a b", "", "x" * 600,
        "http://example.com/\r\nHost: evil", "//example.com", "https://[::1",
    ],
)  # fmt: skip
def test_an_unusable_address_is_rejected(url: str) -> None:
    assert url_fault(url)
    with pytest.raises(NotDelivered):
        GUARDED.post(url, b"{}", {})


def test_an_ordinary_address_can_be_used() -> None:
    assert url_fault("https://hooks.example.com:8443/a/b?c=d") is None
