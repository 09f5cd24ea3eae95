"""Samples reach the service once, in its clock, whatever happens between."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from assets.agents.python.wsmon_agent.delivery import MOST_PENDING, Delivery

Reply = tuple[int, dict[str, Any]]
SECONDS = 5.0


class Service:
    """Replies as `reply` says, and keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.location = "/"
        self.reply: Callable[[dict[str, Any]], Reply] = lambda _body: (201, {})
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Authorization"] == "Bearer secret"
                service.requests.append((self.path, body))
                status, content = service.reply(body)
                self.send_response(status)
                self.send_header("Location", service.location)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_args: Any) -> None:
                """Nothing is logged."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    @property
    def samples(self) -> list[dict[str, Any]]:
        return [sample for _, body in self.requests for sample in body.get("samples", [])]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    started = Service()
    yield started
    started.close()


def sample(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"sample_id": number, "period_start": now - timedelta(seconds=15), "period_end": now}


def delivery(url: str) -> Delivery:
    return Delivery(url, "secret", {"kind": "restart", "title": "x", "at": datetime.now(UTC)})


def test_samples_leave_in_order_and_the_start_is_marked_once(service: Service) -> None:
    to_service = delivery(service.url)
    for number in range(45):
        to_service.add(sample(number))
    assert to_service.send(SECONDS)
    assert to_service.send(SECONDS)
    assert [each["sample_id"] for each in service.samples] == list(range(45))
    paths = [path for path, _ in service.requests]
    assert paths == ["/api/ws/server-metrics"] * 3 + ["/api/ws/events"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_follows_no_redirect(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = Service()
    service.location = f"{elsewhere.url}api/ws/server-metrics"
    service.reply = lambda _body: (status, {})
    to_service = delivery(service.url)
    to_service.add(sample(1))
    assert not to_service.send(SECONDS)
    elsewhere.close()
    assert elsewhere.requests == []
    assert f"redirects to {service.location}: give the agent that address" in caplog.text


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_what_cannot_be_delivered_waits_and_is_logged_once(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    to_service = delivery(service.url)
    service.reply = lambda _body: (status, {})
    to_service.add(sample(1))
    assert not to_service.send(SECONDS)
    assert not to_service.send(SECONDS)
    service.reply = lambda _body: (201, {})
    assert to_service.send(SECONDS)
    assert [each["sample_id"] for each in service.samples] == [1, 1, 1]
    assert [record.getMessage() for record in caplog.records] == [
        f"WebSocket figures wait: {service.url.rstrip('/')} answers {status}",
        f"WebSocket figures are delivered again to {service.url.rstrip('/')}",
    ]


def test_an_address_where_nobody_listens_holds_a_bounded_number(service: Service) -> None:
    service.close()
    to_service = delivery(service.url)
    for number in range(MOST_PENDING + 10):
        to_service.add(sample(number))
    assert not to_service.send(SECONDS)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_refused_for_good_is_dropped(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    rejected = [{"index": 0, "field": "service", "reason": "must not be empty"}]
    service.reply = lambda _body: (status, {"rejected": rejected})
    to_service = delivery(service.url)
    to_service.add(sample(1))
    assert to_service.send(SECONDS)
    assert len(service.samples) == 1
    assert "refused" in caplog.text


def test_another_clock_is_learned_from_the_receipt(service: Service) -> None:
    ahead = timedelta(minutes=10)
    now = datetime.now(UTC) + ahead

    def reply(body: dict[str, Any]) -> Reply:
        late = [s for s in body.get("samples", []) if now - _time(s) > timedelta(minutes=5)]
        return 422 if late else 201, {"server_time": now.isoformat(), "rejected": late}

    service.reply = reply
    to_service = delivery(service.url)
    to_service.add(sample(1))
    assert to_service.send(SECONDS)
    first, second = service.samples
    assert first["sample_id"] == second["sample_id"]
    assert abs(_time(second) - _time(first) - ahead) < timedelta(seconds=5)


def _time(sample: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(sample["period_end"])


@pytest.mark.parametrize("body", ["no object", [1], None, {"server_time": 7}])
def test_a_receipt_that_is_none_does_no_harm(service: Service, body: Any) -> None:
    service.reply = lambda _body: (201, body)
    to_service = delivery(service.url)
    to_service.add(sample(1))
    to_service.send(SECONDS)
    assert service.samples


@pytest.mark.parametrize("address", ["metrics.example", "file:///etc/passwd", ""])
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Delivery(address, "", {})
