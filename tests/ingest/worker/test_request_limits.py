"""Heads and bodies that drip or never end are dropped, and sockets of an address are bounded."""

import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ingest.worker import request_limits
from models.database import patience
from tests.support.run_folder import RUN_FOLDER
from tests.support.servers.running_server import RunningServer, running_server

PATIENCE = 8.0
DRIP_SECONDS = 0.1
POST = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%s\r\n\r\n%s"
REPORTS, JSON = b"/api/ws/client-metrics", b"application/json"
DRIPS = {
    "length": (REPORTS, JSON, b"Content-Length: 1000", b"{"),
    "chunks": (REPORTS, JSON, b"Transfer-Encoding: chunked", b"1\r\n{\r\n"),
    "form": (b"/login", b"application/x-www-form-urlencoded", b"Content-Length: 1000", b"e"),
}

HEADS = {
    "of a page": (b"GET / HTTP/1.1\r\nX: ", [b"408"]),
    "of reports": (b"POST %s HTTP/1.1\r\nX: " % REPORTS, [b"408"]),
    "after a response": (
        b"GET /api/ws/health/live HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ",
        [b"200", b"408"],
    ),
}
STATUS = rb"HTTP/1\.1 (\d+)"


@pytest.fixture(scope="module")
def bounded(database_url: str) -> Iterator[RunningServer]:
    """A server behind a proxy, with small limits."""
    folder = Path(os.environ[RUN_FOLDER]) / f"bounded-{os.getpid()}"
    with running_server(
        database_url, folder, REQUEST_BODY_SECONDS="0.5", WEBSOCKET_PER_ADDRESS="2",
        TRUSTED_PROXY_HOPS="1", GUNICORN_CMD_ARGS="--keep-alive 1",
    ) as server:  # fmt: skip
        yield server


def reply_to(server: RunningServer, begun: bytes, drip: bytes) -> bytes | None:
    """What is answered to a request that goes on by drips, until the connection ends; `None` where
    a drip came in after the end, which may take the answer away."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(begun)
        since, reply = time.monotonic(), b""
        client.settimeout(DRIP_SECONDS)
        while time.monotonic() - since < PATIENCE:
            try:
                received = client.recv(65536)
            except ConnectionError:
                return None
            except TimeoutError:
                client.sendall(drip)
                continue
            if not received:
                return reply
            reply += received
    pytest.fail("the connection stayed open")


@pytest.mark.parametrize("kind", DRIPS)
def test_a_body_that_drips_is_dropped_and_so_is_its_connection(
    bounded: RunningServer, kind: str
) -> None:
    reply = reply_to(bounded, POST % DRIPS[kind], b"1\r\n \r\n" if kind == "chunks" else b" ")
    assert reply is None or re.findall(STATUS, reply) == [b"408"]


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_that_drips_is_dropped_and_so_is_its_connection(
    bounded: RunningServer, kind: str
) -> None:
    begun, statuses = HEADS[kind]
    reply = reply_to(bounded, begun, b"x")
    assert reply is None or re.findall(STATUS, reply) == statuses


def test_a_connection_without_a_request_ends_without_a_word(bounded: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", bounded.port), timeout=PATIENCE) as client:
        assert client.recv(65536) == b""


def test_an_address_has_so_many_sockets_and_others_have_theirs(
    bounded: RunningServer,
) -> None:
    def opened(address: str, stack: ExitStack) -> None:
        url, headers = f"ws://127.0.0.1:{bounded.port}/ws/echo", {"X-Forwarded-For": address}
        stack.enter_context(connect(url, additional_headers=headers))

    with ExitStack() as first, ExitStack() as others:
        opened("203.0.113.1", first)
        for address in ("203.0.113.1", "203.0.113.2", "2001:db8:1::1"):
            opened(address, others)
        with pytest.raises(InvalidStatus) as refused:
            opened("203.0.113.1", others)
        assert refused.value.response.status_code == 429
        assert b"WEBSOCKET_PER_ADDRESS" in refused.value.response.body
        first.close()
        _when_free(lambda: opened("203.0.113.1", others))


def _when_free(open_socket: Callable[[], None]) -> None:
    """The server counts a socket until it has read the close."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return open_socket()
        except InvalidStatus:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_requests_but_exports_have_patience() -> None:
    patience_of = {}

    def inner(environ: dict[str, str], _start: object) -> list[bytes]:
        patience_of[environ["PATH_INFO"]] = patience.current()
        return []

    limited = request_limits.with_patience(inner, lambda: False)
    for path in ("/api/ws/metrics", "/api/ws/export/sessions.csv", "/api/ws/exports/1/file"):
        limited({"PATH_INFO": path}, lambda *_: lambda _: None)
    has_patience = {path: value is not None for path, value in patience_of.items()}
    assert list(has_patience.values()) == [True, False, False]
    assert patience.current() is None
