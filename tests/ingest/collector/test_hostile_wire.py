"""Hostile posts over a real socket: rejected by field, nothing stored, the worker survives."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.support.servers.running_server import RunningServer
from tests.support.store.postgres import autocommit_cursor

PATH = "/api/ws/client-metrics"
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
MEGABYTE = 2**20
DEEP = '{"a":' * 10_000 + "1" + "}" * 10_000


@pytest.fixture
def sock(live_server: RunningServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", live_server.port), timeout=20) as sock:
        yield sock


@pytest.fixture(autouse=True)
def unharmed(live_server: RunningServer) -> Iterator[None]:
    """After each test: no row stored, no traceback logged, the server still responds."""
    rows, tracebacks = stored(live_server), live_server.log.read_text().count("Traceback")
    yield
    assert stored(live_server) == rows
    assert live_server.log.read_text().count("Traceback") == tracebacks
    assert requests.get(live_server.url + "/api/ws/health/live", timeout=5).ok


def stored(server: RunningServer) -> int:
    with autocommit_cursor(server.database_url) as cursor:
        cursor.execute("SELECT count(*) FROM client_reports")
        return int(cursor.fetchall()[0][0])


def status_of(sock: socket.socket) -> int:
    response = b""
    while b"\r\n\r\n" not in response:
        part = sock.recv(65536)
        assert part, "the line was cut before an answer"
        response += part
    return int(response.split(b" ", 2)[1])


def test_two_megabytes_are_refused(sock: socket.socket) -> None:
    sock.sendall(HEAD + f"Content-Length: {2 * MEGABYTE}\r\n\r\n".encode())
    with suppress(OSError):  # the server need not read what it has rejected
        sock.sendall(b" " * 2 * MEGABYTE)
    assert status_of(sock) == 413


def test_a_chunked_body_without_an_end_is_refused(sock: socket.socket) -> None:
    sock.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with suppress(OSError):
        for _ in range(1000):
            sock.sendall(chunk)
            sock.settimeout(0.01)
            with suppress(TimeoutError):
                if sock.recv(1, socket.MSG_PEEK):
                    break
            sock.settimeout(20)
    sock.settimeout(20)
    assert status_of(sock) == 413


def test_a_body_that_stops_before_its_length_stores_nothing(sock: socket.socket) -> None:
    sock.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"report_id": ')
    sock.shutdown(socket.SHUT_WR)
    assert status_of(sock) == 400


@pytest.mark.parametrize(
    ("value", "status", "field"),
    [
        ("NaN", 400, None), ("Infinity", 400, None), ("1e400", 400, None), (DEEP, 400, None),
        ('"\\ud800"', 400, None), ("9223372036854775808", 422, "connection.drops"),
        ("true", 422, "connection.drops"), ("-1", 422, "connection.drops"),
        ('1, "drops": 2', 400, "drops"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_hostile_value_is_refused_by_its_field(
    live_server: RunningServer, value: str, status: int, field: str | None
) -> None:
    ids = {"report_id": str(uuid4()), "session_id": str(uuid4())}
    times = {"period_start": "2026-01-01T00:00:00Z", "period_end": "2026-01-01T00:00:00Z"}
    text = json.dumps({**ids, **times})[:-1] + ', "connection": {"drops": ' + value + "}}"
    response = requests.post(
        live_server.url + PATH, data=text, headers={"Content-Type": "application/json"}, timeout=10
    )
    assert response.status_code == status, response.text
    assert at_fault(response.json()) == field


def at_fault(body: dict[str, Any]) -> str | None:
    """The field a problem or the first rejection names."""
    rejected = body.get("rejected")
    named: str | None = rejected[0]["field"] if rejected else body.get("field")
    return named
