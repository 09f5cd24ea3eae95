from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import msgspec
import pytest

from analytics.load_tests.report import Thresholds
from models.metrics.server_catalogue import OWN_SERVICE
from scripts.load.api import Api, ApiFault
from scripts.load.delivery import workers_of
from scripts.load.options import Options
from tests.support.load_reports import PLAN, STARTED, report

METRICS = {
    "connections": {"opened": 50, "closed": {"1000": 50}, "active": None},
    "messages": {"received": 1500, "sent": 1500},
    "performance": {"loop_lag_ms": {"p99": 7.0}, "message_latency_ms": {"p95": None}},
}


class _Handler(BaseHTTPRequestHandler):
    port = 0
    replies: dict[str, tuple[int, bytes]] = {}  # noqa: RUF012 - set by each test
    requests: list[tuple[str, str, str | None]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        self.requests.append((self.command, self.path, self.headers["Authorization"]))
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        status, body = self.replies[self.path.partition("?")[0]]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def api() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    _Handler.requests.clear()
    _Handler.port = server.server_port
    yield Api(f"http://127.0.0.1:{server.server_port}", "wsm_1")
    server.shutdown()
    server.server_close()
    thread.join()


def respond(path: str, value: Any, status: int = 200) -> None:
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    _Handler.replies = {path: (status, body)}


def test_the_server_side_is_that_of_the_app_since_the_start(api: Api) -> None:
    respond("/api/ws/metrics", METRICS)
    server = api.server_side("load-test", STARTED)
    assert (server.opened, server.received, server.active) == (50, 1500, 0)
    ((method, path, authorization),) = _Handler.requests
    assert (method, authorization) == ("GET", "Bearer wsm_1")
    assert "app=load-test&start=2026-11-20T10%3A00%3A00" in path


def test_workers_are_those_of_our_own_service(api: Api) -> None:
    respond(
        "/api/ws/metrics",
        {"workers": [{"service": each} for each in (OWN_SERVICE, OWN_SERVICE, "chat")]},
    )
    origin = f"http://127.0.0.1:{_Handler.port}"
    options = Options(PLAN, Thresholds(), api=origin, token="wsm_1")
    assert workers_of(options) == 2
    respond("/api/ws/metrics", {"detail": "This token may not."}, 403)
    assert workers_of(options) is None
    assert workers_of(replace(options, token="")) is None


def test_runs_are_read_and_stored(api: Api) -> None:
    respond("/api/ws/load-tests/7", report())
    assert api.stored("7") == report()
    respond("/api/ws/load-tests", {"id": "7"}, 201)
    api.store(report())


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (403, b'{"detail": "This token may not."}', "403: This token may not"),
        (502, b"<html>", "502 without JSON"),
        (500, b"[]", "500: no reason"),
        (200, b"{}", "cannot be read"),
    ],
)
def test_faults_carry_the_reason_of_the_api(
    api: Api, status: int, body: bytes, reason: str
) -> None:
    respond("/api/ws/load-tests/7", body, status)
    with pytest.raises(ApiFault, match=reason):
        api.stored("7")


def test_an_api_that_is_away_is_a_fault() -> None:
    with pytest.raises(ApiFault, match="refused"):
        Api("http://127.0.0.1:9", "x").stored("7")


def test_the_baseline_is_that_of_the_same_test(api: Api) -> None:
    test = {"target": PLAN.url, "profile": PLAN.profile, "scenario": PLAN.scenario}
    rows = [{**test, "id": "6", "scenario": "storm"}, {**test, "id": "7"}]
    respond("/api/ws/load-tests", {"load_tests": rows})
    with pytest.raises(ApiFault, match="is marked: run one with --baseline"):
        api.baseline(msgspec.structs.replace(PLAN, url="ws://elsewhere"))
    _Handler.replies["/api/ws/load-tests/7"] = (200, msgspec.json.encode(report()))
    assert api.baseline(PLAN) == report()
    respond(f"/api/ws/load-tests/{report().id}/baseline", {})
    api.mark_baseline(report())
    assert _Handler.requests[-1][0] == "POST"


def test_the_stored_hours_of_a_day_are_text(api: Api) -> None:
    respond("/api/ws/export/server-rollups.csv", b"t,app\n")
    assert api.stored_hours(STARTED) == "t,app\n"
    assert "end=2026-11-21T10" in _Handler.requests[-1][1]
